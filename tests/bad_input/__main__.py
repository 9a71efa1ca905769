"""`python -m bad_input`, with `tests` on the path, writes the catalogue's page of docs."""

from bad_input.catalogue import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
print(PAGE)
