"""Where a queryset's chain of calls is continued."""

from dataclasses import replace
from pathlib import Path

import pytest

from explain.made import span
from rowpath.explain.changes.insertion_points import points
from rowpath.explain.trails import Scope, Span, Trail, ViewClass


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A file whose lines the spans may lie on."""
    path = tmp_path / "api.py"
    path.write_text("pass                        \n" * 40)
    return str(path)


def first(*steps: tuple[Span, ...], view: ViewClass | None = None) -> tuple[str, int]:
    point = points(Trail(model="shop.Book", steps=steps), view)[0]
    return point.function, point.line


def test_the_last_refinement_is_continued(file: str) -> None:
    """Of a chain over several lines the end is continued."""
    assert first((span(3, file=file),), (span(7, file=file),)) == ("f7", 7)


def test_a_manager_is_left_to_its_callers(file: str) -> None:
    """A method of a manager's serves others too, so its caller's line is continued."""
    inner, caller = span(3, Scope.QUERYSET, file=file), span(20, file=file, is_direct=False)

    assert first((inner, caller)) == ("f20", 20)


def test_a_shared_function_is_left_to_its_callers(file: str) -> None:
    """A helper serves others too, so its caller's line is continued."""
    inner, caller = span(3, Scope.FUNCTION, file=file), span(20, Scope.FUNCTION, file=file)

    assert first((inner, caller)) == ("f20", 20)


def test_of_several_functions_the_call_of_the_first_one_is_next(file: str) -> None:
    """What a view gets of a service may be no queryset, where what the service gets is one."""
    lines = [span(line, Scope.FUNCTION, file=file) for line in (3, 20, 30)]
    found = points(Trail(model="shop.Book", steps=(tuple(lines),)), None)

    assert [point.line for point in found] == [30, 20, 3]


def test_what_is_handed_to_a_helper_is_continued_where_it_is_made(file: str) -> None:
    """A helper that cuts a page of any statement must not name what one of them loads."""
    made = span(20, file=file)
    cut = (span(3, file=file), replace(span(21, file=file), function=made.function))
    found = points(Trail(model="shop.Book", steps=((made,), cut)), None)

    assert [(point.function, point.line) for point in found] == [("f20", 20)]


def test_a_method_is_continued_itself(file: str) -> None:
    """`get_queryset` is continued, not the `list` that calls it."""
    inner, caller = span(3, file=file), span(20, file=file)

    assert first((inner, caller)) == ("f3", 3)


def test_a_class_body_is_continued_where_nothing_refines_it(file: str) -> None:
    """`queryset = Book.objects.all()` of a class is continued."""
    assert first((span(3, Scope.BODY, file=file),)) == ("f3", 3)


def test_a_slice_is_continued_before_it_is_cut(tmp_path: Path) -> None:
    """Of `books[:20]` it is `books` that is continued."""
    path = tmp_path / "views.py"
    path.write_text("for book in books[:20]:\n    pass\n")
    cut = Span(
        file=str(path),
        function="f",
        scope=Scope.FUNCTION,
        line=1,
        column=12,
        end_line=1,
        end_column=22,
        is_direct=True,
    )
    (point,) = points(Trail(model="shop.Book", steps=((cut,),)), None)

    assert (point.line, point.column) == (1, 17)


def test_a_generic_view_with_a_model_is_given_a_queryset(tmp_path: Path) -> None:
    """Below `model =` of a generic view stands a new line, as deep as it."""
    path = tmp_path / "views.py"
    path.write_text("class BookList(ListView):\n    model = models.Book\n    ordering = 'id'\n")
    view = ViewClass(file=str(path), name="BookList", line=1)
    (point,) = points(Trail(model="shop.Book", steps=((),)), view)

    assert point.edit('.select_related("author")').text == (
        '\n    queryset = models.Book.objects.select_related("author")'
    )


def test_an_admin_is_given_the_names_to_join(tmp_path: Path) -> None:
    """Behind `list_display` stands a new line with the names, and those that Django joins today."""
    path = tmp_path / "admin.py"
    path.write_text("class BookAdmin(ModelAdmin):\n    list_display = ['imprint']\n")
    view = ViewClass(file=str(path), name="BookAdmin", line=1, joins=("imprint",))
    (point,) = points(Trail(model="shop.Book", steps=((),)), view)

    assert point.takes_names
    assert point.edit('"author"').text == '\n    list_select_related = ["imprint", "author"]'


def test_without_a_line_of_the_projects_there_is_no_point() -> None:
    """A queryset that a library makes for a library's view cannot be continued."""
    assert points(Trail(model="auth.User", steps=((),)), None) == ()
