"""What of an address is worth keeping: values only."""

from urllib.parse import parse_qsl, urlencode

LONGEST_QUERY = 600
MOST_PER_LIST = 30
# Which page of the list one is on says nothing about what one looks for; `e` is the admin's word for a bad address.
NOT_KEPT = frozenset({"p", "page", "e", "csrfmiddlewaretoken"})


def kept_query(query: str) -> str:
    """Return the part of a query string that narrows or orders a list, written anew; "" where nothing is left of it or
    it is too long to be meant.
    """
    try:
        pairs = parse_qsl(query.lstrip("?"), max_num_fields=60)
    except ValueError:
        return ""
    kept = urlencode([(name, value) for name, value in pairs if name not in NOT_KEPT])
    return kept if len(kept) <= LONGEST_QUERY else ""
