"""Sources that mean harm, and what is to come of each: words of the error, or the count that is true all the same."""

from typing import Final

HEAD: Final = "import torch, torch.nn as nn\n"
MODEL: Final = "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(3, 5)\n    def forward(self, x):\n        return self.fc(x)\n"
"""A model of 20 parameters: torch 2.14.1."""

COUNT: Final = 20


def top(line: str) -> str:
    """A source that does something where it is imported, and has a model all the same."""
    return f"{HEAD}{line}\n{MODEL}"


def built(line: str) -> str:
    """A source that does something while the model is built."""
    return HEAD + MODEL.replace("        self.fc = nn", f"        {line}\n        self.fc = nn")


def run(line: str) -> str:
    """A source that does something in forward."""
    return HEAD + MODEL.replace("        return self", f"        {line}\n        return self")


FUEL, MEMORY, CRASH, EXIT, BROKEN = (
    "instructions",
    "MiB of memory",
    "nests too deeply",
    "ended the program",
    "interfered",
)
LIE = "nothing of it is believed"

SOURCES: Final[dict[str, tuple[str, str | int | tuple[str | int, ...]]]] = {
    # time
    "loop at the top": (top("while True: pass"), FUEL),
    "loop while built": (built("while True: pass"), FUEL),
    "loop in forward": (run("while True: pass"), FUEL),
    "loop that catches everything": (top("while True:\n    try:\n        while True: pass\n    except BaseException: pass"), FUEL),
    "a sum without end": (top("sum(range(10**13))"), FUEL),
    "an iterator without end": (top("max(iter(int, 1))"), FUEL),
    "a product of iterators": (top("import itertools\nfor _ in itertools.product(*[range(100)] * 9): pass"), FUEL),
    "a power of powers": (top("10 ** 10 ** 8"), FUEL),
    "a number of ten million digits": (top("import sys; sys.set_int_max_str_digits(0); int('9' * 10**7)"), FUEL),
    "a regular expression": (top("import re; re.match('(a+)+$', 'a' * 40 + 'b')"), FUEL),
    "a comparison without end": (top("class A:\n    def __eq__(self, other):\n        while True: pass\nA() == 1"), FUEL),
    "a trace function without end": (top("import sys\ndef f(*a):\n    while True: pass\nsys.settrace(f)\n(lambda: 0)()"), FUEL),
    "a finaliser without end": (top("class A:\n    def __del__(self):\n        while True: pass\nA()"), FUEL),
    "a metaclass without end": (top("class M(type):\n    def __new__(*a):\n        while True: pass\nclass A(metaclass=M): pass"), FUEL),
    "layers without end": (built("self.all = nn.ModuleList()\n        while True: self.all.append(nn.Linear(3, 3))"), (FUEL, MEMORY)),
    "operations without end": (run("while True: x = x.relu()"), (FUEL, MEMORY, "operations are run")),
    # memory
    "a list without end": (top("held = []\nwhile True: held.append(bytearray(10**7))"), (MEMORY, COUNT)),
    "a text of ten gigabytes": (top("'x' * 10**10"), (MEMORY, COUNT, "MemoryError", "OverflowError")),
    "two gigabytes at once": (top("held = bytearray(2**31 - 1)"), (MEMORY, COUNT)),
    "a tuple of a thousand million": (top("held = (*range(10**9),)"), (MEMORY, COUNT)),
    "a number with a thousand million spaces": (top("held = '%1000000000d' % 1"), (MEMORY, COUNT)),
    "values of a large tensor": (run("torch.zeros(10**9).tolist()"), (COUNT, MEMORY)),
    "a million prints": (top("for _ in range(10**6): print('x' * 100)"), (COUNT, FUEL)),
    "a print of a hundred megabytes": (top("print('x' * 10**8)"), (COUNT, MEMORY)),
    "prints to the descriptor": (top("import os\nfor _ in range(10**5): os.write(1, b'x' * 10**4)"), (COUNT, MEMORY, CRASH)),
    # depth
    "two hundred brackets": (top("x = " + "(" * 190 + ")" * 190), (CRASH, COUNT)),
    "ten thousand brackets": (top("x = " + "[" * 10_000 + "]" * 10_000), (CRASH, "too many nested")),
    "a thousand signs": (top("x = " + "-" * 5_000 + "1"), (CRASH, COUNT, "RecursionError", "nested", "MemoryError")),
    "a thousand blocks": (top("\n".join(" " * depth + "if 1:" for depth in range(99)) + "\n" + " " * 99 + "pass"), (CRASH, COUNT, "IndentationError")),
    "an expression of a text": (top("eval('(' * 5000 + ')' * 5000)"), (CRASH, COUNT)),
    "recursion": (top("def f(): return f()\nf()"), (COUNT, CRASH)),
    "recursion in forward": (run("self(x)"), (COUNT, CRASH)),
    "recursion beyond the limit": (top("import sys\nsys.setrecursionlimit(10**9)\ndef f(): return f()\nf()"), (COUNT, CRASH)),
    "recursion in repr": (top("x = []\nfor _ in range(10**5): x = [x]\nrepr(x)"), (COUNT, CRASH)),
    "deep JSON": (top("import json; json.loads('[' * 10**5)"), (COUNT, CRASH)),
    "deep pickles": (top("import pickle\nx = []\nfor _ in range(10**4): x = [x]\npickle.dumps(x)"), (COUNT, CRASH)),
    "modules in modules": (built("held = nn.Linear(3, 3)\n        for _ in range(500): held = nn.Sequential(held)\n        self.held = held"), (CRASH, "RecursionError", "recursion", "too large")),
    "a module in itself": (built("self.me = self"), (COUNT, CRASH, "recursion", "RecursionError")),
    # the way out
    "os._exit": (top("import os; os._exit(0)"), EXIT),
    "os._exit in forward": (run("import os; os._exit(0)"), EXIT),
    "sys.exit": (top("import sys; sys.exit()"), COUNT),
    "sys.exit in forward": (run("raise SystemExit"), COUNT),
    "abort": (top("import os; os.abort()"), CRASH),
    "an interrupt": (top("raise KeyboardInterrupt"), (EXIT, BROKEN, "KeyboardInterrupt")),
    "a signal": (top("import os; os.kill(os.getpid(), 9)"), (COUNT, CRASH, EXIT)),
    "a file": (top("secret = open('/etc/passwd').read()"), COUNT),
    "a file, needed": (HEAD + "width = len(open('/etc/passwd').read())\n" + MODEL.replace("Linear(3, 5)", "Linear(3, width)"), "width"),
    "a file written": (top("open('/tmp/mine', 'w').write('x')"), COUNT),
    "a folder": (top("import os; os.listdir('/')"), COUNT),
    "the source of the sandbox": (top("import os; os.scandir(os.path.dirname(torch.__file__))"), COUNT),
    "the environment": (HEAD + "import os\nwidth = len(os.environ['PATH'])\n" + MODEL.replace("Linear(3, 5)", "Linear(3, width)"), "width"),
    "a socket": (top("import socket; socket.create_connection(('127.0.0.1', 80))"), COUNT),
    "an address": (top("import urllib.request; urllib.request.urlopen('http://127.0.0.1/')"), (COUNT, "missing library")),
    "a command": (top("import subprocess; subprocess.run(['id'], check=True)"), COUNT),
    "an installation": (top("import os; os.system('pip install x')"), COUNT),
    "a fork": (top("import os; os.fork()"), COUNT),
    "a thread": (top("import threading; threading.Thread(target=print).start()"), COUNT),
    "a process": (top("import multiprocessing; multiprocessing.Process(target=print).start()"), COUNT),
    "a foreign function": (top("import ctypes; ctypes.CDLL(None)"), COUNT),
    "a second job": (top("import __main__\ntry:\n    __main__.job().send(None)\nexcept StopIteration: pass"), (COUNT, BROKEN)),
    "the callbacks, a million times": (top("import __main__\nfor _ in range(10**6): __main__.bundle().close()"), (COUNT, FUEL)),
    # lies
    "weights shrunken in the tree": (top("import paramcount_guest.summary as s\nreal = s.summarise\ndef lie(root):\n    found, lazy = real(root)\n    for one in found:\n        for p in one['parameters']: p['shape'] = [1]\n    return found, lazy\ns.summarise = lie"), LIE),
    "a layer left out of the tree": (top("import paramcount_guest.summary as s\nreal = s.summarise\ndef lie(root):\n    found, lazy = real(root)\n    return found[:1], lazy\ns.summarise = lie"), LIE),
    "hyperparameters of another layer": (top("import paramcount_guest.summary as s\nreal = s.summarise\ndef lie(root):\n    found, lazy = real(root)\n    found[1]['hyper']['out_features'] = 1\n    return found, lazy\ns.summarise = lie"), LIE),
    "shapes that are not": (top("import torch._dispatch as d\nreal = d.record\ndef lie(*given):\n    real(*given)\n    d.STATE.calls[-1]['outputs'][0]['shape'] = [1, 2]\nd.record = lie\nfor name in list(__import__('sys').modules):\n    if hasattr(__import__('sys').modules[name], 'record') and name.startswith('torch'): __import__('sys').modules[name].record = lie"), (LIE, COUNT)),
    "rules that are not": (top("import paramcount.operations as o\nfrom paramcount.operations.rules import Rule\nfor name in list(o.OPERATIONS): o.OPERATIONS[name] = Rule(lambda shapes, attributes: ((1, 1),))"), (LIE, COUNT)),
    "a harness that answers what it likes": (top("import sys\nframe = sys._getframe()\nwhile frame.f_back: frame = frame.f_back\nframe.f_globals['harness'] = None\nimport harness, paramcount_guest.report as r\nr.Trace.finished = lambda self: {'version': 1}"), "is no trace"),
    "a trace of another version": (top("import paramcount_guest.report as r\nreal = r.Trace.finished\nr.Trace.finished = lambda self: {**real(self), 'version': 99}"), "is no trace"),
    "an answer of ten megabytes": (top("import paramcount_guest.report as r\nr.Trace.finished = lambda self: 'x' * 10**7"), "bytes, the most that is read"),
    "an answer that cannot be written": (top("import paramcount_guest.report as r\nr.Trace.finished = lambda self: object()"), (BROKEN, "is no trace")),
    "an answer that nests": (top("import paramcount_guest.report as r\ndef deep(self):\n    x = []\n    for _ in range(900): x = [x]\n    return x\nr.Trace.finished = deep"), (BROKEN, "is no trace", CRASH)),
    "an encoder that lies": (top("import json\njson.dumps = lambda *a, **k: '}\\n{\"bytes\": 2}\\n{}'\njson.JSONEncoder.encode = json.dumps"), (BROKEN, "is no trace", COUNT)),
    "a weight of the user's own": (built("self.more = nn.Conv2d(3, 4, 3)\n        self.more.weight = nn.Parameter(torch.zeros(1))"), COUNT + 5),
    "a layer that hides its weight": (built("self.more = nn.Linear(9, 9)\n        self.more.out_features = 1"), (LIE, COUNT + 90)),
    "objects that pickle themselves": (top("import os\nclass A:\n    def __reduce__(self): return os.system, ('id',)\nheld = A()"), COUNT),
    "a hyperparameter that runs code": (built("class A(int):\n            def __index__(self):\n                while True: pass\n        self.more = nn.Linear(A(3), 4)"), (FUEL, COUNT + 16)),
    "attributes that are everything": (top("class A:\n    def __getattr__(self, name): return self\n    def __call__(self, *a): return self\nanything = A()"), COUNT),
    "a class that is all classes": (top("class M(type):\n    def __instancecheck__(self, other): return True\n    def __subclasscheck__(self, other): return True\nclass A(metaclass=M): pass"), COUNT),
    # modules
    "an importer of its own": (top("import sys\nclass F:\n    def find_spec(self, *a): raise RuntimeError\nsys.meta_path.insert(0, F())"), (COUNT, "RuntimeError")),
    "torch taken away": (top("import sys; sys.modules['torch'] = None"), COUNT),
    "import taken over": (top("import builtins\nbuiltins.__import__ = None"), (COUNT, "TypeError", BROKEN)),
    "builtins taken over": (top("import builtins\nfor name in ('len', 'isinstance', 'tuple', 'list'): setattr(builtins, name, None)"), (COUNT, "TypeError", BROKEN)),
    "the library asked for itself": (top("import paramcount.readers.sandbox"), ("ModuleNotFoundError", "No module", COUNT)),
    "names with line ends": (HEAD + MODEL.replace("self.fc = nn", "self.add_module('a\\nb', nn.Linear(1, 1)); self.fc = nn"), COUNT + 2),
    "names of ten thousand letters": (HEAD + MODEL.replace("self.fc = nn", "self.add_module('a' * 10000, nn.Linear(1, 1)); self.fc = nn"), "too large"),
    "more numbers than JSON has": (built("self.more = nn.Linear(2**31 - 1, 2**31 - 1)"), "2^53"),
    "sizes without end": (built("self.more = nn.Linear(10**30, 10**30)"), ("too large", "is no trace", "must be at most", "Size", "RuntimeError")),
    "a NUL": (top("x = '\0'"), ("null", "NUL", "SyntaxError")),
    "no source at all": ("import torch\n", "no model was found"),
    "a source that is none": ("import torch\n}{", "SyntaxError"),
}  # fmt: skip

ENTRIES: Final[dict[str, tuple[str, str]]] = {
    "a command": ("__import__('os').system('id')", "no attribute 'system'"),
    "a loop": ("[one for one in iter(int, 1)]", FUEL),
    "an exit": ("__import__('os')._exit(0)", EXIT),
    "no expression": ("import os", "SyntaxError"),
    "nothing known": ("Nothing()", "Nothing"),
}
