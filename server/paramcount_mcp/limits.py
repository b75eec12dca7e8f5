"""The server's own bounds, tighter than the core's: each call is answered in well under a second."""

MAX_LAYERS = 5_000
"""Layers in one call."""

MAX_TEXT = 256 * 1024
"""Characters of notation in one call."""

MAX_SOURCE = 2**20
"""Characters of what one call gives to read."""

MAX_FILES = 200
"""Files in one call."""

MAX_ENTRY = 1_000
"""Characters of a path, or of the call that names a model."""

MAX_ROWS = {"summary": MAX_LAYERS, "layers": 2_000, "steps": 300}
"""Rows in one answer, by detail; an answer with more is given with less detail and says so."""

INLINE_LAYERS = 200
"""Layers that are derived on the event loop; more are derived in a thread."""

INLINE_TEXT = 8_000
"""Characters of notation that are read on the event loop; more is read in a thread."""

RECENT = 128
"""Answers that are kept for a call that is repeated."""

RECENT_ARGUMENTS = 2_000
"""Characters of the arguments of a call whose answer is kept."""

THREADS = 4
"""Calls that are worked on in threads at the same time."""

SLICE_SECONDS = 0.2
"""How long a search works before it tells its progress, and notices that it was cancelled."""

READING = 8
"""Models that are read, or wait to be read, at the same time; of those whose source runs, fewer run at once."""

MAX_SECONDS = 60
"""How long one call may take."""

LIST_TTL_MS = 3_600_000
"""How long a client may keep the list of tools: it changes with a release only."""

FORMS = 256
"""Calls, apart from the numbers in them, of which it is kept how their answers are filled in."""

FORMS_AFTER = 3
"""Calls that differ in their numbers only after which their form is made."""

FORMS_OF_ONE = 8
"""Ways to fill in the answers of such calls, for numbers that decide differently; each takes some 8 kB."""

QUICK_ARGUMENTS = 20
"""Arguments of a call that an HTTP server answers on the event loop; with more it is answered in a process."""

QUICK_VALUE = 100
"""Characters or numbers in one argument of such a call."""

RECENT_TEXT = 20_000
"""Characters of an answer that is kept for a call that is repeated."""
