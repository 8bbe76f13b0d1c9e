"""Questions that a panel asks: they take a moment, and a farm that does not answer is the answer."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ... import compat, tasks as tasks_module, words
from ...errors import SettingsError
from ..schema import DONE
from ..work import Outcome


def login(work):
    """Try the account. Result: ``user_name``, ``user_id``, ``domain``, ``platform``."""
    info = work.session().api.user_info
    result = dict((name, compat.text(info.get(name)) if info.get(name) is not None else "")
                  for name in ("user_name", "user_id", "domain", "platform"))
    return Outcome(DONE, "Logged in to %s as %s." % (
        work.settings().get("domain"), result["user_name"] or result["user_id"]), result)


def tasks(work):
    """List the account's tasks, the newest first. Parameters: ``page`` (1), ``size`` (50), ``search``.

    Result: ``tasks``, each with id, name, status, text, ended, total, done, failed, executing.
    """
    session = work.session()
    answer = session.ask(lambda: tasks_module.ask(
        session.api.query.get_task_list, page_num=work.param("page", 1), page_size=work.param("size", 50),
        search_keyword=work.param("search")))
    items = answer.get("items") if isinstance(answer, dict) else None
    numbers = [item["id"] for item in items or () if isinstance(item, dict) and isinstance(item.get("id"), int)]
    found = session.ask(lambda: tasks_module.read_tasks(session.api, numbers)) if numbers else {}
    rows = [{"id": state.id, "name": state.name, "status": state.status, "text": state.text, "ended": state.is_ended,
             "total": state.total, "done": state.done, "failed": state.failed, "executing": state.executing}
            for state in (found[number] for number in numbers) if state is not None]
    return Outcome(DONE, words.plural(len(rows), "task") + ".", {"tasks": rows})


def restart(work):
    """Render frames again on the farm.

    Parameters: ``task_id``, ``frame_ids`` (the farm's numbers; without, all that failed).
    """
    session = work.session()
    number = tasks_module.task_number(work.need("task_id"))
    ids = work.param("frame_ids")
    if ids is not None and not ids:
        raise SettingsError("No frame was chosen: nothing was restarted.")
    if ids:
        session.ask(lambda: tasks_module.ask(session.api.query.restart_frame, number, select_all=0, ids_list=ids))
        text = "%s of task %d will be rendered again." % (words.plural(len(ids), "frame"), number)
    else:
        session.ask(lambda: tasks_module.ask(session.api.query.restart_failed_frames, [number]))
        text = "The failed frames of task %d will be rendered again." % number
    return Outcome(DONE, text, {"task_id": number})
