"""What is looked at in every page that a test gets is found."""

import pytest
from flask import Response
from markup import checked

FAULTS = {
    "the id 'a' is there 2 times": '<b id="a"></b><b id="a"></b>',
    "the id '' is there 1 times": '<b id=""></b>',
    "nothing has the id 'a'": '<label for="a">A</label>',
    "nothing has the id ''": '<input aria-describedby="">',
    "nothing has the id 'b'": '<b id="a"></b><a href="#b">B</a><a href="#a">A</a><a href="#">C</a>',
    "<form> in <{'p'}>, line 1": "<p><form></form></p>",
    "</p> ends nothing, line 1": "</p>",
    "<p> stays open": "<p>one"}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_with_a_page_is_found(fault):
    with pytest.raises(AssertionError) as error:
        checked(Response("<!doctype html>" + FAULTS[fault], mimetype="text/html"))
    assert error.value.args == ([fault],)


@pytest.mark.parametrize("right", ['<p id="a">one<br><input></p>', '<label for="a">A</label> <input id="a">'])
def test_what_is_right_stays_as_it_is(right):
    response = Response("<!doctype html>" + right, mimetype="text/html")
    assert checked(response) is response
