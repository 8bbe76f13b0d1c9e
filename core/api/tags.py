"""Projects, and the labels of tasks."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import FarmUnreachable
from .operators import _numbers, _Operator, whole_number


class TagOperator(_Operator):
    """Projects that tasks are counted for, and labels that they bear."""

    def get_list(self, flag=0):
        """Return the projects: dict with projectNameList.

        Args:
            flag (int): 0 the account's own, 1 also the main account's, 2 all of the main account.
        """
        return self._post("list", {"flag": flag})

    def add_label(self, new_name, status=1):
        """Add a project. Never repeated by itself.

        Args:
            new_name (str): Its name.
            status (int): 0 or 1.
        """
        return self._post("add", {"newName": new_name,
                                  "status": whole_number(status, "project status")})

    def delete_label(self, del_name):
        """Delete a project, given by its name."""
        return self._post("delete", {"delName": del_name})

    def get_label_list(self):
        """Return the account's projects: dict with projectNameList."""
        return self._post("getList")

    def get_project_list(self):
        """Return the account's projects: list of dict with projectId, projectName.

        Raises:
            FarmUnreachable: The answer has no such list.
        """
        answer = self.get_label_list()
        projects = answer.get("projectNameList") if isinstance(answer, dict) else None
        if not isinstance(projects, list):
            raise FarmUnreachable("The farm's answer about projects has an unknown shape.")
        return projects

    def add_task_tag(self, tag, task_ids):
        """Give tasks a label.

        Args:
            tag (str): The label.
            task_ids (list of int): Their numbers.
        """
        return self._post("addTaskLabel", {"label": tag, "taskIds": _numbers(task_ids)})

    def delete_task_tag(self, taskIds, labelNames, tag_ids=None):
        """Take labels from tasks.

        Args:
            taskIds (list of int): Their numbers.
            labelNames (list of str): The labels.
            tag_ids (list of int, optional): Numbers of labels.
        """
        return self._post("deleteTaskLabel", {"taskIds": _numbers(taskIds), "labelNames": list(labelNames),
                                              "labelIds": list(tag_ids or [])})
