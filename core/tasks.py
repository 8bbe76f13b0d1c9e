"""What the farm says about tasks and frames, read with tolerance.

Works with this package's API object and with the vendor's: only documented
methods are called, and `ask` turns either's errors into ours. Which fields
exist is known from the farm's SDK; new states and missing fields appear over
time and must not end a download that has run for hours.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

from . import compat, words
from .errors import FarmError, FarmUnreachable, SettingsError, SyncError, UnknownTask

#: Source: the farm's SDK.
STATUS_TEXTS = {
    0: "waiting", 5: "rendering", 8: "preprocessing", 10: "stopped",
    20: "stopped for arrears", 23: "timed out", 25: "done", 30: "done with failed frames",
    35: "aborted", 40: "test frames done", 45: "failed", 50: "analysing"}

#: A task in one of these goes on only if someone restarts it.
END_STATUSES = frozenset([10, 20, 23, 25, 30, 35, 45])

#: Waits for someone to order full speed.
TEST_DONE = 40

FRAME_DONE = 4

_TASKS_A_CALL = 50
_FRAMES_A_PAGE = 100
_MAX_PAGES = 10000

_LONGEST_REASON = 1000

#: ``outputs``: folder names on the output storage, one a leaf, in order, without those not
#: known yet. The numbers of frames are None where the farm does not tell. ``parent``: id or None.
#: ``leaves``: ids of the tasks without children, the task's own where it has none. ``owners``: for each of the outputs
#: ``((user, storage) or None, id of its task)``. ``reason``: the farm's own sentence about the state, "" where it
#: gives none (Renderbus gives a key of its translations).
TaskState = namedtuple("TaskState", "id status text is_ended outputs total done failed executing "
                                    "name parent leaves owners reason")
TaskState.__new__.__defaults__ = ((), "")

#: The ``text`` of a task that has a number and nothing else: the farm waits for its submission.
NOT_SUBMITTED = "not submitted yet"

#: ``index``: the frame as the farm names it, e.g. "12" or "1-10[1]". ``seconds``: of rendering.
Frame = namedtuple("Frame", "index status text id task type start end seconds")


def describe(status):
    """Return a task state in words."""
    return STATUS_TEXTS.get(status) or "unknown status %s" % status


def is_submitted(state):
    """Tell whether a task was surely handed over for rendering: before that, it has neither outputs nor frames."""
    return bool(state.outputs or state.total)


def read_tasks(api, task_ids, stop_after_test=False):
    """Ask the farm about tasks.

    Args:
        api (RayvisionAPI): Ours or the vendor's.
        task_ids (iterable of int or str): Numbers of tasks; also of single layers.
        stop_after_test (bool): Finished test frames are an end, too.

    Returns:
        dict: `TaskState` by task id as it was given; None for one that the farm does
        not know. An answer that cannot be read is never taken for "unknown".

    Raises:
        FarmError: The farm cannot be asked, or refused.
        SettingsError: An id is no number.
    """
    task_ids = list(task_ids)
    wanted = sorted(set(task_number(task_id) for task_id in task_ids))
    nodes = {}
    for start in range(0, len(wanted), _TASKS_A_CALL):
        part = wanted[start:start + _TASKS_A_CALL]
        nodes.update(_ask_tasks(api, part))
        # A long answer may be paged, and one deleted task may spoil the answer
        # for all: what is missing is asked for alone before it counts as unknown.
        for number in part if len(part) > 1 else ():
            if number not in nodes:
                nodes.update(_ask_tasks(api, [number]))
    found = dict((number, _state(nodes[number], stop_after_test) if number in nodes else None)
                 for number in wanted)
    return dict((task_id, found[task_number(task_id)]) for task_id in task_ids)


def frames(api, task_id):
    """Yield the frames of a task, page by page.

    Args:
        api (RayvisionAPI): Ours or the vendor's.
        task_id (int or str): A task without layers, or one layer.

    Yields:
        Frame: Each one once, as the farm orders them.

    Raises:
        UnknownTask: The farm does not know the task.
        FarmError: The farm cannot be asked, or refused.
    """
    number = task_number(task_id)
    seen = set()
    for page in range(1, _MAX_PAGES + 1):
        answer = ask(api.query.task_frames, number, page_num=page, page_size=_FRAMES_A_PAGE)
        fresh = [frame for frame in map(_frame, _items(answer, "frames")) if frame]
        fresh = [frame for frame in fresh if (frame.id, frame.index) not in seen]
        if not fresh:  # An empty page, or a farm that gives the same one for ever.
            return
        for frame in fresh:
            seen.add((frame.id, frame.index))
            yield frame
        pages = _number(answer.get("pageCount")) if isinstance(answer, dict) else None
        if pages and page >= pages:
            return


def ask(call, *args, **kwargs):
    """Call a method of an API object; every error it can raise comes out as one of ours.

    Args:
        call (callable): e.g. ``api.query.task_info``.
        *args: Passed on.
        **kwargs: Passed on.

    Returns:
        Whatever `call` returns.

    Raises:
        SyncError: Ours as it is; the vendor's and those of the libraries below it translated.
    """
    try:
        return call(*args, **kwargs)
    except SyncError:
        raise
    except Exception as error:  # What a foreign SDK raises is written nowhere.
        problem = _translated(error)
    # Raised out here: the foreign error's text may carry signed headers.
    raise problem


def task_number(task_id):
    """Return a task's id as a number.

    Raises:
        SettingsError: It is none.
    """
    number = _number(task_id)
    if number is None or number < 1 or isinstance(task_id, float):
        raise SettingsError("A task id is a whole number above 0, not \"%s\"." % compat.text(task_id))
    return number


# ---------------------------------------------------------------- reading

def _ask_tasks(api, numbers):
    """Return every task and layer of the answer: dict of id to ``(item, parent id)``."""
    try:
        answer = ask(api.query.task_info, numbers)
    except UnknownTask:
        return {}
    nodes = {}
    todo = [(item, None) for item in _items(answer, "tasks")]
    while todo:
        item, parent = todo.pop()
        number = _number(item.get("id"))
        if number is not None and number not in nodes:
            nodes[number] = item, parent
        todo.extend((child, number) for child in _children(item))
    return nodes


def _items(answer, what):
    items = answer.get("items", answer) if isinstance(answer, dict) else answer
    if items is None and isinstance(answer, dict):
        return []
    if not isinstance(items, list):
        raise FarmUnreachable("The farm's answer about %s has an unknown shape." % what)
    return [item for item in items if isinstance(item, dict)]


def _children(item):
    children = item.get("respRenderingTaskList")
    if _number(item.get("isOpen")) == 0 or not isinstance(children, list):
        return []
    return [child for child in children if isinstance(child, dict)]


def _leaves(item):
    leaves, todo = [], [item]
    while todo:
        node = todo.pop()
        children = _children(node)
        if children:
            todo.extend(reversed(children))
        else:
            leaves.append(node)
    return leaves


def _state(node, stop_after_test):
    item, parent = node
    leaves = _leaves(item)
    ends = END_STATUSES | {TEST_DONE} if stop_after_test else END_STATUSES
    outputs, owners = [], []
    for leaf in leaves:
        name = leaf.get("outputFileName")
        if isinstance(name, compat.text_type) and name and name not in outputs:
            outputs.append(name)
            owners.append((_owner(leaf) or _owner(item), _number(leaf.get("id"))))
    status = _number(item.get("taskStatus"))
    name = item.get("sceneName")
    return TaskState(
        id=_number(item.get("id")), status=status, text=NOT_SUBMITTED if _is_empty(item) else describe(status),
        is_ended=all(_number(leaf.get("taskStatus")) in ends for leaf in leaves),
        outputs=tuple(outputs), name=compat.text(name) if name else "", parent=parent,
        leaves=tuple(_number(leaf.get("id")) for leaf in leaves), owners=tuple(owners), reason=_reason(item),
        **dict((key, _sum(item, leaves, field)) for key, field in (
            ("total", "totalFrames"), ("done", "doneFrames"), ("failed", "failedFrames"),
            ("executing", "executingFrames"))))


def _is_empty(item):
    """Tell whether a farm says that a task waits and has nothing in it; not where it leaves that open."""
    return (_number(item.get("taskStatus")) == 0 and _number(item.get("totalFrames")) == 0
            and "sceneName" in item and not item["sceneName"] and not item.get("outputFileName")
            and not _children(item))


def _reason(item):
    said = item.get("statusText")
    is_sentence = isinstance(said, compat.text_type) and " " in said and said.endswith(".")
    return words.printable(said[:_LONGEST_REASON]) if is_sentence else ""


def _owner(item):
    """Return the account and the storage that a task puts its frames into, None where it does not tell."""
    user, storage = _number(item.get("userId")), _number(item.get("bid"))
    return ("%d" % user, "%d" % storage) if user and storage else None


def _sum(item, leaves, field):
    """Return a number of frames: the task's own, else the sum of its layers'."""
    own = _number(item.get(field))
    if own is not None:
        return own
    parts = [number for number in (_number(leaf.get(field)) for leaf in leaves)
             if number is not None]
    return sum(parts) if parts else None


def _frame(item):
    index = item.get("frameIndex")
    number = _number(item.get("id"))
    if index is None and number is None:
        return None
    return Frame(index=compat.text(index) if index is not None else "",
                 status=_number(item.get("frameStatus")),
                 text=compat.text(item.get("frameStatusText") or ""), id=number,
                 task=_number(item.get("taskId")), type=_number(item.get("frameType")),
                 start=item.get("startTime"), end=item.get("endTime"),
                 seconds=_number(item.get("frameExecuteTime")))


def _number(value):
    """Return a whole number out of what JSON or a caller may hold, None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _translated(error):
    """Return our error for one of the vendor's SDK, or of a library below it."""
    code = _number(getattr(error, "error_code", None))
    if code is None:
        return FarmUnreachable("The farm gave no usable answer (%s)." % type(error).__name__)
    if code == 404:
        return UnknownTask("The farm does not know the task (404): check the number, it may "
                           "have been deleted.", code)
    said = getattr(error, "error", None)
    said = ": %s" % said[:300].rstrip(".") if isinstance(said, compat.text_type) else ""
    return FarmError("The farm refused (%d)%s." % (code, said), code, retryable=code == 500)
