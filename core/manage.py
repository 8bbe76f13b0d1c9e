"""The documented questions about tasks: what state, what outputs, ended or not."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import compat, task_words

_ENDS = frozenset(["10", "20", "23", "25", "30", "35", "45"])
_TEST_DONE = "40"


class RayvisionManageTask(object):
    """Ask the farm about tasks, layers and all.

    Args:
        query (QueryOperator or RayvisionAPI): ``api.query``, of this package or the vendor's.
    """

    def __init__(self, query):
        self._query = getattr(query, "query", query)

    def is_task_end(self, task_id, is_test_stop=False):
        """Tell whether a task has ended, with all its layers.

        Args:
            task_id (int): Its number.
            is_test_stop (bool): Finished test frames are an end, too.

        Returns:
            bool or None: None where the farm tells nothing of the task.
        """
        codes = self.find_task_status_codes(self.get_task_status([task_id]))
        ends = _ENDS | {_TEST_DONE} if is_test_stop else _ENDS
        return all(code in ends for code in codes) if codes else None

    def get_task_status(self, task_id_list):
        """Return what the farm tells of tasks.

        Args:
            task_id_list (list of int): Their numbers.

        Returns:
            list of dict: With task_id, task_status_code, task_status_text, task_status_description, is_opener
            ("1": it has layers), output_file_name, sub_task_status (its layers, likewise), userId, bid.
        """
        return self.task_info_iterater((self._query.task_info(task_id_list) or {}).get("items") or [])

    def task_info_iterater(self, task_info_list):
        """Return the farm's items in the form of `get_task_status`."""
        return [self._status(item) for item in task_info_list if isinstance(item, dict)]

    def output_file_names(self, task_status_list):
        """Return where the outputs lie.

        Args:
            task_status_list (list of dict): From `get_task_status`.

        Returns:
            list of dict: With output_name, user_id, bid; one a task without layers, or layer.
        """
        return [{"output_name": leaf["output_file_name"], "user_id": leaf.get("userId"), "bid": leaf.get("bid")}
                for leaf in _leaves(task_status_list) if leaf.get("output_file_name") is not None]

    def find_task_status_codes(self, task_status_list):
        """Return the states of all tasks without layers, and of all layers: list of str."""
        return [leaf["task_status_code"] for leaf in _leaves(task_status_list)
                if leaf.get("task_status_code") is not None]

    def _status(self, item):
        layers = item.get("respRenderingTaskList")
        # A farm that says nothing of isOpen is asked no further than its list of layers.
        has_layers = compat.text(item.get("isOpen")) == "1" or (item.get("isOpen") is None and bool(layers))
        code = compat.text(item.get("taskStatus")) or ""
        return {"task_id": compat.text(item.get("id")), "task_status_code": code,
                "task_status_text": compat.text(item.get("statusText")) or "",
                "task_status_description": task_words.describe(code) if code else "",
                "is_opener": "1" if has_layers else "0", "output_file_name": item.get("outputFileName"),
                "sub_task_status": self.task_info_iterater(layers or []) if has_layers else [],
                "userId": item.get("userId"), "bid": item.get("bid")}


def _leaves(statuses):
    """Yield tasks without layers, and layers."""
    for status in statuses:
        if compat.text(status.get("is_opener")) == "1":
            for leaf in _leaves(status.get("sub_task_status") or []):
                yield leaf
        else:
            yield status
