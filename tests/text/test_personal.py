from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.text.checksums import IBAN_LENGTHS
from braid.text.personal import EXAMPLES, KINDS, find_personal, mask_personal


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.begin : one.end]) for one in find_personal(text)]


def luhn(body: str) -> str:
    total = sum(sum(map(int, str(int(digit) * (2 - place % 2)))) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def card(chance: random.Random) -> str:
    prefix, length = chance.choice([("4", 16), ("53", 16), ("2301", 16), ("37", 15), ("6011", 16), ("62", 19)])
    digits = luhn(prefix + "".join(chance.choice("0123456789") for _ in range(length - len(prefix) - 1)))
    if length == 16 and chance.random() < 0.5:
        return chance.choice(" -").join(digits[start : start + 4] for start in range(0, 16, 4))
    return digits


def iban(chance: random.Random) -> str:
    country = chance.choice(sorted(IBAN_LENGTHS))
    body = "".join(chance.choice("0123456789") for _ in range(IBAN_LENGTHS[country] - 4))
    code = f"{country}{98 - int(''.join(str(int(char, 36)) for char in body + country + '00')) % 97:02}{body}"
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4)) if chance.random() < 0.5 else code


def chinese_id(chance: random.Random) -> str:
    body = f"{chance.choice(['110105', '440301', '510107'])}{chance.randint(1930, 2015)}{chance.randint(1, 12):02}"
    body += f"{chance.randint(1, 28):02}{chance.randint(0, 999):03}"
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def french_nir(chance: random.Random) -> str:
    body = f"{chance.choice('12')}{chance.randint(0, 99):02}{chance.randint(1, 12):02}{chance.randint(1, 95):02}"
    body += f"{chance.randint(1, 999):03}{chance.randint(1, 999):03}"
    code = f"{body}{97 - int(body) % 97:02}"
    parts = code[0], code[1:3], code[3:5], code[5:7], code[7:10], code[10:13], code[13:]
    return " ".join(parts) if chance.random() < 0.5 else code


def german_tax_id(chance: random.Random) -> str:
    digits = chance.sample("0123456789", 9)
    digits.insert(chance.randint(1, 9), digits[0] if digits[0] != "0" else digits[1])
    if digits[0] == "0":
        digits[0], digits[-1] = digits[-1], digits[0]
    check = 10
    for digit in digits:
        check = ((int(digit) + check) % 10 or 10) * 2 % 11
    code = "".join(digits) + str((11 - check) % 10)
    return f"{code[:2]} {code[2:5]} {code[5:8]} {code[8:]}"


MAKERS = {
    "payment_card": card,
    "iban": iban,
    "chinese_id": chinese_id,
    "french_nir": french_nir,
    "german_tax_id": german_tax_id,
}


@pytest.mark.parametrize("kind", MAKERS)
def test_numbers_with_check_digits_are_found_and_those_with_a_wrong_digit_are_not(kind):
    chance = random.Random(7)
    wrong = 0
    for _ in range(200):
        number = MAKERS[kind](chance)
        assert found(f"My number is {number}, thank you.") == [(kind, number)]
        assert found(f"号码是{number}。") == [(kind, number)]
        place = chance.choice([place for place, char in enumerate(number) if char.isdigit() and place > 3])
        changed = f"{number[:place]}{(int(number[place]) + 1) % 10}{number[place + 1 :]}"
        wrong += any(one == kind for one, _ in found(f"My number is {changed}, thank you."))
    assert wrong == 0


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("email", "Write to ⟦ada.lovelace+x@analytical-engine.co.uk⟧."),
        ("email", "邮箱⟦zhang_san@163.com⟧，谢谢"),
        ("email", "<⟦x.y@sub.uni-köln.de⟧>"),
        ("email", "mailto:⟦ada@lovelace.dev⟧?subject=x"),
        ("email", "⟦ａｄａ＠ｌｏｖｅｌａｃｅ．ｄｅｖ⟧"),
        ("email", "⟦ada@love\u200blace.dev⟧"),
        ("email", "⟦ada [at] lovelace [dot] dev⟧"),
        ("email", "⟦ada(at)lovelace.dev⟧, please"),
        ("example_email", "such as ⟦name@example.com⟧"),
        ("example_email", "⟦you@your-company.com⟧"),
        ("example_email", "⟦root@host.local⟧"),
        ("example_email", "⟦run_123@example.email.org⟧, ⟦name@my-email.de⟧, ⟦you@company.com⟧"),
        ("email", "⟦max.meier@mail.de⟧, ⟦max@mail.bg⟧, ⟦max@mail.ee⟧, ⟦luca@email.it⟧, ⟦a.b@mail.com⟧, ⟦c.d@test.de⟧"),
        ("phone", "⟦+49 171 2345678⟧"),
        ("phone", "手机 ⟦+86 139 1234 5678⟧"),
        ("phone", "⟦+55 11 91234-5678⟧"),
        ("phone", "⟦06 12 34 56 78⟧"),
        ("phone", "手机⟦13888888888⟧"),
        ("example_phone", "Phone: ⟦555-555-5555⟧"),
        ("example_phone", "⟦07700 900123⟧, ⟦020 7946 0018⟧, ⟦+33 1 99 00 12 34⟧, ⟦+49 30 23125 123⟧"),
        ("credentials", "git clone https://⟦ada:s3cr3t-Tok⟧@git.lovelace.dev/x.git"),
        ("example_credentials", "postgres://⟦user:password⟧@localhost/db"),
        ("example_credentials", "postgres://⟦{user}:{password}⟧@host/db"),
        ("phone", "⟦+4930568311402⟧"),
        ("phone", "⟦+49 (0)30 5683-11402⟧"),
        ("phone", "⟦+86 138 1234 5687⟧"),
        ("phone", "⟦+1 (212) 736-5000⟧"),
        ("phone", "⟦+33 1 42 68 53 00⟧"),
        ("phone", "⟦+44 20 7219 3001⟧"),
        ("phone", "⟦+91 98201 43567⟧"),
        ("phone", "⟦0049 30 5683 1140⟧"),
        ("phone", "我的手机是⟦13812345687⟧。"),
        ("phone", "手机⟦１３８１２３４５６８７⟧。"),
        ("phone", "⟦138-1234-5687⟧"),
        ("phone", "⟦010-62517846⟧；⟦0755-26719381⟧"),
        ("phone", "电话是⟦010-62517846⟧,⟦010-62517848⟧"),
        ("payment_card", "Ada,⟦4111111111111111⟧,12/25"),
        ("phone", "电话：⟦62517846⟧、⟦62517847⟧和⟦01062517848⟧"),
        ("phone", "Call ⟦(212) 736-5000⟧ or ⟦212.736.5001⟧ or ⟦1-212-736-5002⟧"),
        ("phone", "Phone: ⟦212 736 5000⟧"),
        ("phone", "Tel.: ⟦089/12 37 56⟧, mobil ⟦0171 2374569⟧, ⟦0151-23745698⟧"),
        ("phone", "Tel: ⟦089 237456⟧"),
        ("phone", "Tél. : ⟦01 42 68 53 00⟧ ou ⟦06.12.37.45.91⟧"),
        ("phone", "⟦020 7219 3001⟧, ⟦07911 237456⟧"),
        ("example_phone", "⟦+1 212-555-0123⟧"),
        ("example_phone", "Phone: ⟦123-456-7890⟧"),
        ("us_ssn", "his ⟦536-22-8145⟧"),
        ("us_ssn", "SSN: ⟦536228145⟧"),
        ("payment_card", "⟦4111111111111111⟧"),
        ("payment_card", "⟦4111\u200b1111\u200b1111\u200b1111⟧ is a test"),
        ("german_tax_id", "Steuer-ID ⟦86095742719⟧"),
        ("french_nir", "⟦1 85 05 2A 006 084 35⟧"),
        ("chinese_id", "身份证号⟦11010519491231002X⟧"),
        ("ip_address", "from ⟦93.184.216.34⟧:80"),
        ("ip_address", "server ⟦8.8.4.4⟧"),
        ("ip_address", "⟦2a00:1450:4001:81b::200e⟧"),
        ("mac_address", "MAC ⟦a4:5e:60:c2:1f:9b⟧"),
        ("mac_address", "⟦A4-5E-60-C2-1F-9B⟧"),
        ("example_mac_address", "⟦00:11:22:33:44:55⟧"),
        ("email", "邮箱：⟦li.wei@163.com⟧，网址http://lovelace.dev，邮箱:⟦li@163.com⟧"),
        ("email", "E-Mail:⟦eva@gmail.com⟧ EMAIL:⟦tom@web.de⟧"),
        ("email", "Ada Lovelace/⟦ada@lovelace.dev⟧/⟦bob@lovelace.dev⟧ 张三/⟦zhang@163.com⟧——⟦li@163.com⟧"),
        ("phone", "Tel:⟦+49 30 90180002⟧/Fax:⟦+49 30 90180003⟧ T:⟦+49 30 90180004⟧ Tel.⟦+49 30 90180005⟧"),
        ("phone", "tel:⟦+4930901820⟧ Phone:⟦+15107365000⟧ Mobil:⟦0171 2374569⟧ Tél.⟦01 42 68 53 00⟧"),
        ("phone", "⟦(030) 901 820 45⟧, ⟦+43/1/58858-0⟧, ⟦+49 30/90182045⟧"),
        ("phone", "手机:⟦13812345687⟧，WeChat:⟦13812345687⟧"),
        ("payment_card", "Card:⟦4111111111111111⟧"),
        ("us_ssn", "SSN:⟦536-22-8145⟧"),
        ("ip_address", "IPv6:⟦2a00:1450:4001:81b::200e⟧, IP:⟦2a00:1450:4001:81b::200e⟧"),
        ("mac_address", "MAC:⟦a4:5e:60:c2:1f:9b⟧"),
    ],
)
def test_found_where_it_stands(kind, text):
    pieces = text.split("⟦")
    expected = [(kind, piece.split("⟧")[0]) for piece in pieces[1:]]
    assert found(text.replace("⟦", "").replace("⟧", "")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "a@b and x @property def f(): pass",
        "icon@2x.png getty@tty1.service root@localhost",
        "git clone git@github.com:braid/braid.git",
        "ssh://ada@lovelace.dev/x.git, scp ada@lovelace.dev:/tmp, https://lists.lovelace.dev/87abc@fsf.org",
        "/home/ada@lovelace.dev a/b/c@lovelace.dev medium.com/ada@lovelace.dev http/www.lovelace.dev@LOVELACE.DEV",
        "<a>Omega</a>-subscribe@lovelace.dev, http://lovelace.dev/a:b@lovelace.dev",
        "id:13812345687 12:13812345 3:4567890123 f(0123)45678901 (0123) 2020 (0320) 1999-2001 img.13812345687.jpg",
        "b8:a4:5e:60:c2:1f:9b, a1:2a00:1450:4001:81b::200e",
        "version 2.4.10.57, libc 2.36.0.12, section 1.2.3.4",
        "127.0.0.1, 10.1.2.3, 192.168.1.1, 0.0.0.0, 255.255.255.0, 203.0.113.9, 999.1.1.1",
        "OID 1.3.6.1.4.1.311",
        "::1, fe80::1, 2001:db8::1, std::vector::begin, 12:34:56",
        "ISBN 978-3-16-148410-0, ISBN 0-306-40615-2, ISSN 0317-8471",
        "2020-01-05 2008 2009 2010 2011, 1914-1918, 20200105, 05.01.2020, 01/05/2020",
        "It cost $1,234,567.89 or 1 234 567,89 € for 10 000 000 people",
        "call 1-800-736-5000, 0800 1237456, 400-810-2345, 0800 737 737",
        "3.14159265358979, 6.02214076e23, 0x7fffffff, #4111111111111111, id=13812345687",
        "the order 13812345687 of 4000 pieces",
        "4111111111111112 and 0000000000000000",
        "000-12-3456, 666-12-3456, 912-12-3456, 536-00-8145, 536-22-0000",
        "110105194912310021, 11010519491331002X, 99010519491231002X",
        "DE89370400440532013001, XX89370400440532013000",
        "Phone 2, mobile 3000 and tel",
        "commit 4bccf5a8f01234567 at 1700000000123",
        "\ud800 \udfff 1\u0301234567",
    ],
)
def test_what_is_nothing_personal(text):
    assert [one for one in find_personal(text) if one.kind in KINDS] == []


def test_masks_alike_on_both_sides_and_leaves_examples():
    english, counts = mask_personal("Mail ada@lovelace.dev or name@example.com, phone +49 30 5683 1140.")
    chinese, same = mask_personal("邮箱ada@lovelace.dev，或name@example.com，电话+49 30 5683 1140。")
    assert english == "Mail <email> or name@example.com, phone <phone>."
    assert chinese == "邮箱<email>，或name@example.com，电话<phone>。"
    assert counts == same == {"email": 1, "phone": 1}


PIECES = [
    "ada@lovelace.dev", "name@example.com", "+49 30 5683 1140", "13812345687", "4111 1111 1111 1111", "电话", "Tel. ",
    "536-22-8145", "93.184.216.34", "https://a:b1c@d.dev/", "GB29NWBK60161331926819", "1", "@", ":", "-", ".", "+", "0",
    "\u200b", "５", "٣", "<email>", "\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12), st.sampled_from(["", " ", ", ", "。"]))
def test_spans_are_apart_and_masking_twice_changes_nothing(pieces, between):
    text = between.join(pieces)
    ends = [0, *(place for one in find_personal(text) for place in (one.begin, one.end))]
    assert ends == sorted(ends)
    assert all(one.kind in KINDS | EXAMPLES and one.begin < one.end for one in find_personal(text))
    masked, _ = mask_personal(text)
    assert mask_personal(masked) == (masked, {})


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "@", ".", ":", "/a@a.de", ":a@a.de", "(030", "+43/", "1 ", "1.", "a@", "a.", "1-", "+1", "://a:", "a1:",
     "(", "GB29 ", "2:", "1\u200b", "[at]",
     "a@a.", "00:", "ISBN 1 ", "电话1", "13812345678 x, "],
)  # fmt: skip
def test_linear_time(unit):
    text = unit * (300_000 // len(unit))
    begin = time.process_time()
    find_personal(text)
    assert time.process_time() - begin < 3


@pytest.mark.parametrize(
    "text", ["fr76 is a code. It is good, is it not?", "FR14200410100505. 0001 3M02606 x", "de89 3704 0044 0.5"]
)
def test_what_begins_as_an_account_and_is_none(text):
    assert find_personal(text) == []


@given(st.text("DEFR0123456789 .,-+@x", max_size=60))
def test_any_signs_that_numbers_are_made_of(text):
    for found in find_personal(text):
        assert 0 <= found.begin < found.end <= len(text)


@pytest.mark.parametrize(
    "text", ["Dİ89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0ı30 00", "ſE89370400440532013000"]
)
def test_letters_that_are_capitals_of_ascii_ones_break_no_account_number(text):
    assert "iban" not in {found.kind for found in find_personal(text)}
