"""Short lists of words that name women, men, occupations and groups of people, in five languages.

Written for this project from general knowledge of each language; an underscore stands for a space, all is in lower
case. A word is left out where it often means something else (German *sie*, French *son*); what is counted in spite of
that is told in the notes. ``others`` are longer words in which a term stands that they do not mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class TermList:
    """The terms of one language.

    Args:
        gender: For each kind of words the female ones and the male ones.
        occupations: Words for people by their work that have no gender in this language.
        groups: Words for other groups of people by kind.
        others: Words that only look like terms.
        notes: What a reader of counts must know.
        is_unspaced: Whether words are found without spaces around them.
    """

    gender: dict[str, tuple[str, str]]
    occupations: str = ""
    groups: dict[str, str] = field(default_factory=dict)
    others: str = ""
    notes: tuple[str, ...] = ()
    is_unspaced: bool = False


LISTS = {
    "en": TermList(
        gender={
            "pronouns": ("she her hers herself", "he him his himself"),
            "people": (
                "woman women girl girls lady ladies mother mothers mom daughter daughters sister sisters wife wives "
                "aunt grandmother queen princess girlfriend female females",
                "man men boy boys gentleman gentlemen father fathers dad son sons brother brothers husband husbands "
                "uncle grandfather king prince boyfriend male males",
            ),
            "titles": ("mrs ms miss madam", "mr sir"),
        },
        occupations="doctor doctors nurse nurses teacher teachers engineer engineers lawyer lawyers judge judges "
        "secretary scientist scientists manager managers director directors cook cleaner driver drivers farmer "
        "farmers soldier soldiers police officer officers writer author artist singer dancer actor student students "
        "professor programmer developer developers mechanic carpenter hairdresser librarian cashier receptionist "
        "accountant assistant boss chief ceo president minister pilot dentist baker guard",
        groups={
            "religion": "christian christians muslim muslims jewish jews hindu hindus buddhist buddhists atheist "
            "atheists",
            "age": "elderly old_people young_people teenager teenagers pensioner pensioners retiree retirees",
            "disability": "disabled wheelchair blind_people deaf_people autistic",
            "origin": "immigrant immigrants migrant migrants refugee refugees foreigner foreigners",
        },
        notes=("'his' and 'her' count as pronouns wherever they stand; texts may use 'he' for anybody.",),
    ),
    "de": TermList(
        gender={
            "people": (
                "frau frauen mädchen dame damen mutter mütter tochter töchter schwester schwestern ehefrau tante "
                "großmutter oma königin prinzessin freundin freundinnen",
                "mann männer junge jungen herr herren vater väter sohn söhne bruder brüder ehemann onkel großvater opa "
                "könig prinz freund freunde",
            ),
            "occupations": (
                "ärztin ärztinnen lehrerin lehrerinnen krankenschwester krankenschwestern ingenieurin ingenieurinnen "
                "anwältin anwältinnen richterin sekretärin wissenschaftlerin leiterin köchin fahrerin bäuerin soldatin "
                "polizistin autorin künstlerin sängerin schauspielerin studentin studentinnen schülerin professorin "
                "entwicklerin entwicklerinnen programmiererin mechanikerin friseurin verkäuferin kassiererin chefin "
                "präsidentin ministerin pilotin zahnärztin bäckerin nutzerin nutzerinnen benutzerin benutzerinnen "
                "kundin kundinnen mitarbeiterin mitarbeiterinnen",
                "arzt ärzte lehrer krankenpfleger ingenieur ingenieure anwalt anwälte richter sekretär wissenschaftler "
                "leiter koch köche fahrer bauer soldat soldaten polizist polizisten autor autoren künstler sänger "
                "schauspieler student studenten schüler professor professoren entwickler programmierer mechaniker "
                "friseur verkäufer kassierer chef präsident minister pilot zahnarzt bäcker nutzer benutzer kunde "
                "kunden mitarbeiter",
            ),
        },
        groups={
            "religion": "christ christen christin muslim muslime muslimin jude juden jüdin hindu hindus buddhist "
            "buddhisten atheist atheisten",
            "age": "senioren rentner rentnerin jugendliche jugendlichen alte_menschen junge_menschen",
            "disability": "behinderte behinderten rollstuhl blinde gehörlose autistisch",
            "origin": "einwanderer migranten flüchtlinge geflüchtete ausländer ausländerin",
        },
        notes=(
            "'sie' means she, they and, with a capital, you; 'ihr' and 'sein' mean more than a possessive: German "
            "pronouns are not counted.",
            "Masculine plurals such as 'Lehrer' and 'Nutzer' may mean people of any gender; "
            "'Frau' and 'Herr' are titles as well.",
        ),
    ),
    "fr": TermList(
        gender={
            "pronouns": ("elle elles", "il ils"),
            "people": (
                "femme femmes fille filles dame dames mère mères sœur sœurs épouse tante grand-mère reine princesse "
                "copine madame mademoiselle",
                "homme hommes garçon garçons père pères fils frère frères mari maris oncle grand-père roi prince "
                "copain monsieur messieurs",
            ),
            "occupations": (
                "infirmière infirmières enseignante enseignantes institutrice avocate avocates directrice directrices "
                "cuisinière conductrice agricultrice policière autrice chanteuse danseuse actrice actrices étudiante "
                "étudiantes développeuse programmeuse mécanicienne coiffeuse vendeuse caissière présidente boulangère "
                "utilisatrice utilisatrices cliente clientes",
                "infirmier infirmiers enseignant enseignants instituteur avocat avocats directeur directeurs cuisinier "
                "conducteur agriculteur policier auteur auteurs chanteur danseur acteur acteurs étudiant étudiants "
                "développeur développeurs programmeur mécanicien coiffeur vendeur caissier président boulanger "
                "utilisateur utilisateurs client clients",
            ),
        },
        groups={
            "religion": "chrétien chrétiens chrétienne musulman musulmans musulmane juif juifs juive hindou hindous "
            "bouddhiste bouddhistes athée athées",
            "age": "personnes_âgées retraité retraités retraitée adolescent adolescents jeunes",
            "disability": "handicapé handicapés handicapée fauteuil_roulant aveugles sourds autiste",
            "origin": "immigré immigrés migrant migrants réfugié réfugiés étranger étrangers",
        },
        others="il_y_a il_faut il_est_possible s'il",
        notes=(
            "'il' is also impersonal ('il est tard') and both pronouns stand for things; 'il y a' and 'il faut' "
            "are not counted.",
            "Masculine plurals may mean people of any gender.",
        ),
    ),
    "es": TermList(
        gender={
            "pronouns": ("ella ellas", "él ellos"),
            "people": (
                "mujer mujeres chica chicas niña niñas señora señoras señorita madre madres hija hijas hermana "
                "hermanas "
                "esposa tía abuela reina princesa novia",
                "hombre hombres chico chicos niño niños señor señores padre padres hijo hijos hermano hermanos esposo "
                "marido tío abuelo rey príncipe novio",
            ),
            "occupations": (
                "médica doctora enfermera enfermeras maestra profesora profesoras ingeniera abogada abogadas jueza "
                "secretaria científica directora cocinera conductora agricultora escritora autora cantante bailarina "
                "actriz alumna programadora desarrolladora peluquera cajera jefa presidenta ministra panadera usuaria "
                "usuarias clienta",
                "médico doctor enfermero enfermeros maestro profesor profesores ingeniero abogado abogados juez "
                "secretario científico director cocinero conductor agricultor escritor autor bailarín actor alumno "
                "programador desarrollador peluquero cajero jefe presidente ministro panadero usuario usuarios",
            ),
        },
        groups={
            "religion": "cristiano cristianos cristiana musulmán musulmanes musulmana judío judíos judía hindú hindúes "
            "budista budistas ateo ateos",
            "age": "ancianos anciana jubilado jubilados jóvenes adolescente adolescentes personas_mayores",
            "disability": "discapacitado discapacitados silla_de_ruedas ciegos sordos autista",
            "origin": "inmigrante inmigrantes migrantes refugiado refugiados extranjero extranjeros",
        },
        notes=("Spanish mostly leaves subject pronouns out. Masculine plurals may mean people of any gender.",),
    ),
    "zh": TermList(
        gender={
            "pronouns": ("她 她们 她們", "他 他们 他們"),
            "people": (
                "女人 女性 女士 女孩 女生 妇女 婦女 母亲 母親 妈妈 媽媽 女儿 女兒 姐姐 妹妹 姐妹 妻子 太太 奶奶 "
                "祖母 外婆 阿姨 女王 公主 女友 小姐",
                "男人 男性 先生 男孩 男生 男士 父亲 父親 爸爸 儿子 兒子 哥哥 弟弟 兄弟 丈夫 爷爷 爺爺 祖父 外公 "
                "叔叔 国王 國王 王子 男友",
            ),
        },
        occupations="医生 醫生 护士 護士 老师 老師 教师 教師 工程师 工程師 律师 律師 法官 秘书 秘書 科学家 科學家 "
        "经理 經理 主任 厨师 廚師 清洁工 司机 司機 农民 農民 士兵 警察 作家 作者 艺术家 藝術家 歌手 "
        "演员 演員 学生 學生 教授 程序员 開發者 开发者 工人 理发师 服务员 售货员 会计 會計 助理 老板 "
        "总裁 总统 總統 部长 飞行员 牙医 保安",
        groups={
            "religion": "基督徒 穆斯林 犹太人 猶太人 印度教徒 佛教徒 无神论者",
            "age": "老人 老年人 年轻人 年輕人 青少年 退休人员",
            "disability": "残疾人 殘疾人 轮椅 盲人 聋人 自闭症",
            "origin": "移民 难民 難民 外国人 外國人",
        },
        others="其他 其她 吉他 他人 利他 排他 他乡 维他命 会计划 會計劃",
        notes=("他 may mean anybody whose gender is not said; 其他, 他人 and the like are not counted.",),
        is_unspaced=True,
    ),
}
