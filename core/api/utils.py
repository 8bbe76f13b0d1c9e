"""The documented functions on task.json and upload.json; the work is done in `task_files`."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .task_files import append_to_task, append_to_upload, update_task_info

__all__ = ["append_to_task", "append_to_upload", "update_task_info"]
