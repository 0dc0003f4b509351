"""`manage.py rowpath_plan` on views as strangers have them tells what is so, or that it cannot."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

from fast.conftest import Copies
from fast.planning import KEYS, forecasts, plan

Told = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_strangers") as copied:
        yield copied


@pytest.fixture(scope="module")
def told(dsn: str) -> Told:
    """What is told when nobody in particular asks."""
    return forecasts(dsn, "--no-measure", urls="strangers")


@pytest.fixture(scope="module")
def given(dsn: str) -> Told:
    """What is told when a user asks, with all that the views want to know."""
    client = ("--user", "alice", "--kwarg", "owner=1", "--query", "page=1&topic=2")
    return forecasts(dsn, "--no-measure", *client, urls="strangers")


@pytest.mark.parametrize(
    ("route", "behind"),
    [
        ("/routed/documented/", "fast.shop.strangers.Documented"),
        ("/uncached/", None),
        ("/uncached-list/", "fast.shop.strangers.UncachedList"),
        ("/tagged/", "fast.shop.strangers.Tagging"),
        ("/gets-list/", None),
    ],
)
def test_the_mixin_is_put_where_a_person_would_put_it(
    told: Told, route: str, behind: str | None
) -> None:
    """A list() that wraps DRF's, or ends in it by super(), stands in front of the mixin."""
    assert told[route]["verdict"] == "fast"
    assert told[route]["path"] == "compiled"
    assert told[route]["mixin_behind"] == behind


def test_a_view_whose_decorator_wraps_the_mixin_is_fast(told: Told) -> None:
    """What the forecast says of a decorated view is so once it has the mixin."""
    assert told["/routed/documented-fast/"]["has_mixin"] is True
    assert told["/routed/documented-fast/"]["path"] == "compiled"


@pytest.mark.parametrize("route", ["/counted/", "/in-envelope/"])
def test_a_list_that_asks_for_the_data_is_told(told: Told, route: str) -> None:
    """A list() or its decorator that asks for the answer's data leaves nothing to gain."""
    assert told[route]["verdict"] == "falls back"
    assert "for the answer's data" in told[route]["falls_back"]["reason"]


@pytest.mark.parametrize(
    ("route", "owner", "change"),
    [
        ("/rewritten/", "Rewritten", None),
        ("/routed/own-list/", "OwnList", None),
        (
            "/tagged-fast/",
            "Tagged",
            "Name FastListMixin after fast.shop.strangers.Tagged in the bases.",
        ),
    ],
)
def test_a_list_of_its_own_is_told_with_what_helps(
    told: Told, route: str, owner: str, change: str | None
) -> None:
    """Naming the mixin behind a list() helps where that list() ends in the next one."""
    assert told[route]["falls_back"] == {
        "reason": f"fast.shop.strangers.{owner} has a list() of its own",
        "field": None,
        "change": change,
    }


@pytest.mark.parametrize(
    ("route", "missing"),
    [
        ("/of-user/", ["a user: --user NAME"]),
        ("/in-session/", ["a user: --user NAME"]),
        ("/none-for-nobody/", ["a user: --user NAME"]),
        ("/of/<int:owner>/", ["the URL's owner: --kwarg owner=VALUE"]),
        ("/of-as-text/<owner>/", ["the URL's owner: --kwarg owner=VALUE"]),
        ("/of-topic/", ["the query parameter topic: --query topic=VALUE"]),
        ("/of-tenant/", ["request.tenant, which a middleware of the project may set"]),
        ("/of-basket/", ["the session's basket, which the project puts there"]),
    ],
)
def test_what_was_not_given_is_named(told: Told, route: str, missing: list[str]) -> None:
    """A queryset that cannot be made for want of a client's part makes the verdict unknown."""
    assert told[route]["verdict"] == "unknown"
    assert told[route]["missing"] == missing
    assert told[route]["path"] is None


@pytest.mark.parametrize(
    "route",
    [
        "/of-user/",
        "/in-session/",
        "/none-for-nobody/",
        "/of/<int:owner>/",
        "/of-as-text/<owner>/",
        "/of-topic/",
    ],
)
def test_what_is_given_is_there_as_in_a_request(given: Told, route: str) -> None:
    """The user, the session, the URL's parameters in their types and the query reach the view."""
    assert given[route]["verdict"] == "fast"
    assert given[route]["missing"] == []


def test_what_is_certain_is_told_without_the_queryset(told: Told) -> None:
    """A method field falls back for any queryset, so that none is needed to say so."""
    one = told["/of-with-method/<int:owner>/"]

    assert one["verdict"] == "falls back"
    assert one["falls_back"]["field"] == "x"
    assert one["has_all_blockers"] is False
    assert one["missing"] == ["the URL's owner: --kwarg owner=VALUE"]


def test_initial_is_run_and_no_throttle_counts(told: Told) -> None:
    """What a view prepares before its list() is there, and the request is not counted."""
    assert '"topic_id" = %s' in told["/restricting/"]["sql"]
    assert told["/throttled/"]["verdict"] == "fast"
    assert told["/throttled/"]["refused"] is None


def test_a_parameter_that_the_url_does_not_take(dsn: str) -> None:
    """The URL's own path converter decides what may stand there."""
    one = forecasts(dsn, "--kwarg", "owner=three", "--route", "/of/", urls="strangers")

    reason = one["/of/<int:owner>/"]["falls_back"]["reason"]
    assert reason.endswith("ValueError: /of/<int:owner>/ takes no owner that is 'three'")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--user", "nobody"), "Cannot ask as nobody: there is no User whose username it is."),
        (("--kwarg", "ownr=1"), "Cannot give ownr by --kwarg: no list's URL has such a parameter."),
        (("--kwarg", "owner"), 'Cannot read --kwarg owner: it has no name or no "=".'),
        (("--query", "=x"), 'Cannot read --query =x: it has no name or no "=".'),
    ],
)
def test_a_client_that_cannot_be_is_an_error(
    dsn: str, arguments: tuple[str, ...], error: str
) -> None:
    """A typing error in what is given is no silent success."""
    done = plan(dsn, "--no-measure", *arguments, urls="strangers")

    assert done.returncode == 1
    assert error in done.stderr


def test_a_view_is_told_by_the_renderer_that_it_negotiates(told: Told) -> None:
    """A renderer of the view's own is a reason, another media type of JSON is none."""
    reason = told["/own-json/"]["falls_back"]["reason"]
    assert reason == "fast.shop.strangers.OwnJson has a render() of its own"
    assert told["/vendors/"]["verdict"] == "fast"
    assert told["/kinds/"]["rendered_otherwise"] == "BrowsableAPIRenderer"
    assert told["/uncached/"]["rendered_otherwise"] is None


@pytest.mark.parametrize("route", ["/html/", "/csv/"])
def test_a_view_without_json_is_no_list(told: Told, route: str) -> None:
    """What a client cannot have as JSON is told as such."""
    assert told[route]["verdict"] == "no JSON"
    assert told[route]["falls_back"]["reason"].startswith("it has no JSON: ")


BLOCKERS = {
    (None, "fast.shop.strangers.OwnJson has a render() of its own"),
    (None, "fast.shop.strangers.OwnPages has a paginate_queryset() of its own"),
    (None, "the queryset uses extra()"),
    (None, "fast.shop.strangers.Shouting has a to_representation of its own"),
    ("x", "get_x() is Python code, called for each row"),
    ("slow", "fast.shop.strangers.SlowChoice has a to_representation() of its own"),
    ("chosen", "a fast.shop.strangers.ChoiceField writes a text value by Python code"),
    ("whole", "its source is the whole row"),
    ("topic.y", "get_y() is Python code, called for each row"),
}


def test_all_that_blocks_a_list_is_told(told: Told) -> None:
    """Each reason is there once, with its field, by the names of the classes to change."""
    one = told["/many-blockers/"]
    found = [(blocker["field"], blocker["reason"]) for blocker in one["blockers"]]

    assert set(found) == BLOCKERS
    assert len(found) == len(BLOCKERS)
    assert one["falls_back"]["reason"] == found[0][1]
    assert one["has_all_blockers"] is True


def test_all_that_blocks_a_model_is_told(told: Told) -> None:
    """How a model makes instances and who hears of them are two reasons, by the class to change."""
    making, heard = told["/tracked/"]["blockers"]

    assert making["reason"] == "Tracked has the __init__ of fast.shop.strangers.Tracking"
    assert making["kind"] == "the __init__ of fast.shop.strangers.Tracking, which models have"
    assert "has a receiver of post_init" in heard["reason"]
    assert heard["kind"].startswith("a receiver of post_init")


def test_what_one_change_would_unlock(told: Told) -> None:
    """Each blocker has how many lists have its kind, and how many have no other."""
    [method] = told["/method-1/"]["blockers"]
    kinds = {blocker["kind"]: blocker for blocker in told["/many-blockers/"]["blockers"]}

    # Of a list whose queryset could not be made nobody knows what else it waits for.
    assert (method["kind"], method["lists"], method["unlocks"]) == ("method fields", 5, 3)
    assert kinds["the queryset uses extra()"]["unlocks"] == 0
    assert kinds["fast.shop.strangers.OwnJson has a render() of its own"]["unlocks"] == 1


def test_text_tells_all_reasons_and_sums_up(dsn: str) -> None:
    """The text has every reason, a change once, and at its end what one change would bring."""
    lines = plan(dsn, "--no-measure", urls="strangers").stdout.splitlines()

    at = lines.index("/many-blockers/  ManyBlockers: would fall back")
    paragraph = lines[at + 1 : lines.index("", at)]
    change = "    Compute it in the database: an annotation of the queryset and a typed field."
    assert paragraph.count(change) == 1
    assert {line.strip().rstrip(".") for line in paragraph} >= {
        f"{field}: {reason}" if field else reason for field, reason in BLOCKERS
    }
    assert "3 lists wait only for this: method fields (5 in all have it)." in lines
    assert "2 more have no JSON: /csv/, /html/." in lines
    assert any(line.startswith("In the way of lists with more than one reason: ") for line in lines)
    at = lines.index("/of-topic/  OfTopic: unknown")
    assert lines[at + 2] == "    Not given: the query parameter topic: --query topic=VALUE."


def test_what_only_looks_like_a_list_is_counted(dsn: str, told: Told) -> None:
    """Lists by other code than a view's list() are named, and nothing else is."""
    not_seen = {route for route, one in told.items() if one["verdict"] == "not seen"}
    done = plan(dsn, "--no-measure", urls="strangers")

    assert not_seen == {"/routed/actions/recent/", "/by-hand/", "/get-by-hand/", "/by-function/"}
    assert "4 more look like lists but are not seen: /routed/actions/recent/ " in done.stdout
    assert "/no-list/" not in told
    assert "/one/<int:pk>/" not in told
    assert "/cloning/" not in told


def test_what_initial_looks_for_is_named_although_the_list_falls_back(told: Told) -> None:
    """Its queryset can be made without, but no request comes so far."""
    one = told["/from-the-start/<int:owner>/"]

    assert one["verdict"] == "falls back"
    assert one["missing"] == ["the URL's owner: --kwarg owner=VALUE"]


def test_json_has_the_same_keys_for_all(told: Told) -> None:
    """A program can rely on the keys for what is no list of the fast path's, too."""
    for one in told.values():
        assert set(one) == KEYS
        assert (one["path"] is None) is (one["falls_back"] is not None)


def test_values_that_make_a_list_fall_back_are_told(dsn: str) -> None:
    """A list that compiles but whose rows cannot be written is called so."""
    one = forecasts(dsn, "--route", "not-a-number", urls="strangers")["/not-a-number/"]
    text = plan(dsn, "--route", "not-a-number", urls="strangers").stdout

    assert one["verdict"] == "falls back for its values"
    assert one["unwritten"] == "Cannot encode nan of row 0: it is NaN or infinite."
    assert "NotANumber: would fall back for its values\n" in text
    assert f"    DRF answers lists with a value like this one: {one['unwritten']}\n" in text


def test_a_path_is_readable(told: Told) -> None:
    """Of a regular expression the anchors go, and no sign that means something."""
    assert "/of-as-text/<owner>/" in told
    assert "/caf\u00e9/(?:v1/)[^/]+/<var>.json/" in told
    assert [route for route in told if "suffixed" in route] == ["/suffixed"]


NOT_TODAY = "RuntimeError: not today"


@pytest.mark.parametrize(
    ("name", "verdict", "reason"),
    [
        ("init", "unknown", NOT_TODAY),
        ("class", "unknown", "RuntimeError: it has no instances today"),
        ("derived", "unknown", "RuntimeError: it has no heirs"),
        ("setup", "unknown", NOT_TODAY),
        ("request", "unknown", NOT_TODAY),
        ("renderers", "unknown", NOT_TODAY),
        ("negotiation", "unknown", NOT_TODAY),
        ("suffix", "unknown", NOT_TODAY),
        ("initial", "unknown", "'Bad' object has no attribute 'topic'"),
        ("queryset", "unknown", NOT_TODAY),
        ("filter", "unknown", NOT_TODAY),
        ("paginator", "unknown", NOT_TODAY),
        ("size", "unknown", NOT_TODAY),
        ("class-of-serializer", "unknown", NOT_TODAY),
        ("serializer", "unknown", NOT_TODAY),
        ("serializer-init", "unknown", NOT_TODAY),
        ("fields", "falls back", "ImproperlyConfigured: Field name `nowhere` is not valid"),
        ("text", "unknown", "BadTextError: many"),
        ("silent", "unknown", "its queryset cannot be made: SilentError"),
        ("list", "falls back", "get_queryset() returns a list"),
        ("nothing", "falls back", "get_queryset() returns a NoneType"),
    ],
)
def test_what_a_view_raises_is_its_text(told: Told, name: str, verdict: str, reason: str) -> None:
    """Wherever a project's code raises, the route has its text and the others have theirs."""
    one = told[f"/bad/{name}/"]

    assert one["verdict"] == verdict
    assert reason in one["falls_back"]["reason"]


def test_what_the_context_raises_does_not_stop_the_measuring(dsn: str) -> None:
    """An error while rows are read is told with the plan."""
    one = forecasts(dsn, "--route", "/bad/context/", urls="strangers")["/bad/context/"]

    assert one["path"] == "compiled"
    assert one["unmeasured"] == f"reading its rows raised {NOT_TODAY}"


def test_a_projects_failing_checks_stop_nothing(dsn: str) -> None:
    """What system checks find elsewhere in the project is not this command's affair."""
    broken = {"CSRF_FAILURE_VIEW": "no.such.view"}

    done = plan(dsn, "--no-measure", settings=broken)
    skipped = plan(dsn, "--no-measure", "--skip-checks", settings=broken)

    assert done.returncode == skipped.returncode == 0
    assert done.stdout == skipped.stdout


def test_a_terminal_that_lacks_a_character_gets_an_escape(dsn: str) -> None:
    """A character that cannot be written is no reason to stop."""
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    done = plan(dsn, "--no-measure", "--route", "caf", urls="strangers", environ=ascii_only)

    assert done.returncode == 0
    assert done.stdout.startswith("/caf\\xe9/")


def test_a_database_that_is_not_there_is_told(dsn: str) -> None:
    """Without its database a list has its plan, and what could not be done says why."""
    nowhere = make_conninfo(dsn, dbname="no_such_database")

    done = plan(nowhere, "--route", "/fast/")
    asked = plan(nowhere, "--user", "alice")

    assert done.returncode == 0
    assert "/fast/  Flat: compiled\n" in done.stdout
    assert "    Not measured: reading its rows raised OperationalError: " in done.stdout
    assert asked.returncode == 1
    assert "Cannot ask as alice: " in asked.stderr


def test_every_option_is_documented(dsn: str) -> None:
    """What the command takes stands in the documentation."""
    django = {"help", "version", "verbosity", "settings", "pythonpath", "traceback", "no-color"}
    told = set(re.findall(r"--([a-z-]+)", plan(dsn, "--help").stdout))
    page = (Path(__file__).parents[2] / "docs/fast.md").read_text()

    own = told - django - {"force-color"}
    assert own
    assert [option for option in own if f"`--{option}" not in page] == []


def test_urls_that_cannot_be_read_are_an_error(dsn: str) -> None:
    """What the project's URLs raise is told in a line."""
    done = plan(dsn, urls="refusing")

    assert done.returncode == 1
    assert "Cannot plan anything: reading ROOT_URLCONF raised RuntimeError: no URLs" in done.stderr


def test_a_project_without_users_can_be_planned(dsn: str) -> None:
    """Where django.contrib.auth is not installed nobody asks."""
    without = {
        "INSTALLED_APPS": ["rest_framework", "rowpath.fast.drf"],
        "REST_FRAMEWORK": {"DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None},
    }
    done = plan(dsn, "--no-measure", urls="userless", settings=without)
    asked = plan(dsn, "--no-measure", "--user", "alice", urls="userless", settings=without)

    assert done.returncode == 0, done.stderr
    assert "/things/  Things: would be compiled\n" in done.stdout
    assert asked.returncode == 1
    assert "Cannot ask as alice: " in asked.stderr
