import pytest

from braid.config.loading import builtin_recipe, load_recipe, make_recipe
from braid.config.recipe import Recipe
from braid.config.writing import key_table, recipe_to_toml
from braid.errors import ConfigError

THREE_FAULTS = """name = "x"

[data]
train = "a.tsv"
traim = "b.tsv"

[train]
batch_tokens = "4k"

[model]
encoder = "AX"
"""


def test_all_faults_at_once(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text(THREE_FAULTS)
    with pytest.raises(ConfigError) as caught:
        load_recipe(path)
    assert str(caught.value) == (
        f"data.traim is not a recipe key; did you mean data.train? ({path}, line 5)\n"
        f'model.encoder must be 1 to 48 of the letters A, D, E, G, M, R, S, W, got "AX" ({path}, line 11)\n'
        f'train.batch_tokens must be an int from 64 to 1048576, got "4k" ({path}, line 8)\n'
        "\nhint: every key, its default and its range: `braid init translate --keys`"
    )


def test_overrides_go_before_the_file(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text('[train]\nminutes = 3\n[data]\ntrain = "a.tsv"\n')
    recipe = load_recipe(path, ["train.minutes=4.5", "data.train=b.tsv, c.tsv", "data.keep_identical=true"])
    assert recipe.train.minutes == 4.5
    assert recipe.data.train == ("b.tsv", "c.tsv")
    assert recipe.data.keep_identical is True


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("train.seed=x", 'train.seed must be an int from 0 to 2147483647, got "x"'),
        ("nonsense", "--set must be key=value"),
        ("train.sed=1", "did you mean train.seed"),
        ("model.num_heads=3", "must divide model.model_dim"),
    ],
)
def test_bad_overrides(override, message):
    with pytest.raises(ConfigError, match="--set") as caught:
        make_recipe({}, [override])
    assert message in str(caught.value)


@pytest.mark.parametrize("letter", "ADR")
def test_heads_of_halves(letter):
    """Each direction of an encoder's D and R takes half the width, and as many heads as the recipe says."""
    overrides = ["model.model_dim=12", "model.num_heads=4", f"model.encoder=S{letter}"]
    if letter == "A":
        assert make_recipe({}, overrides).model.model_dim == 12
        return
    with pytest.raises(ConfigError, match=r"must divide half of model\.model_dim 12"):
        make_recipe({}, overrides)


def test_recipes_of_bundles_open_in_whatever_sizes_they_were_trained():
    """A version before this rule trained it; what is used from now on is checked all the same."""
    table = {"model": {"model_dim": 12, "num_heads": 4, "encoder": "SD"}}
    assert make_recipe(table, trained=True).model.encoder == "SD"
    with pytest.raises(ConfigError, match=r"search\.beam_size"):
        make_recipe({**table, "search": {"beam_size": 0}}, trained=True)


def test_not_there_and_not_toml(tmp_path):
    with pytest.raises(ConfigError, match="does not exist"):
        load_recipe(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("[train\n")
    with pytest.raises(ConfigError, match="not TOML"):
        load_recipe(tmp_path / "bad.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_recipe(tmp_path / "bad.toml")


def test_section_as_value():
    with pytest.raises(ConfigError, match="train must be a section"):
        make_recipe({"train": 3})


@pytest.mark.parametrize("name", ["lstm", "demo"])
def test_builtin_recipes_are_valid(name):
    assert make_recipe(builtin_recipe(name)) != Recipe()


def test_builtin_recipe_unknown():
    with pytest.raises(ConfigError, match="demo, lstm"):
        builtin_recipe("none")


def test_written_recipe_reads_back(tmp_path):
    recipe = make_recipe({"name": 'a "b" \\c', "data": {"train": ["x.tsv", "y,z"]}, "train": {"steps": 7}})
    path = tmp_path / "r.toml"
    path.write_text(recipe_to_toml(recipe, shown=["train.minutes"], head="two\nlines"))
    assert load_recipe(path) == recipe
    assert make_recipe(recipe.to_dict()) == recipe


def test_every_key_is_documented():
    rows = key_table()
    assert len(rows) > 35
    assert all(all(cell.strip() for cell in row[:1] + row[2:]) for row in rows)
    assert Recipe().name in rows[0][1]
