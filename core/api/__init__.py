"""The farm's API: one object that logs in and then answers by subject.

It has the constructor and the attribute paths of the vendor's SDK, so that
scripts, and the rest of this package, take either.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat, logs, settings
from ..errors import SettingsError
from .connect import DEFAULT_TIMEOUT_S, Connect
from .environment import RenderEnvOperator
from .operators import TaskOperator, TransmitOperator, UserOperator, whole_number
from .query import QueryOperator
from .tags import TagOperator

__all__ = ["RayvisionAPI", "MissingAccess"]


class MissingAccess(SettingsError, TypeError):
    """No access id or key; also a TypeError, as scripts of the vendor's SDK expect."""


class RayvisionAPI(object):
    """An account on a farm. Constructing it logs in.

    Args:
        access_id (str, optional): Else the environment's RAYVISION_API_ACCESS_ID.
        access_key (str, optional): Else the environment's RAYVISION_API_KEY.
        domain (str): Host of the farm, with a port where it needs one.
        platform (str): Number of the farm's zone.
        protocol (str): "https"; "http" for a farm on this machine.
        logger (logging.Logger, optional): Used instead of this package's.
        log_folder (str, optional): Write this package's log into a file there.
        log_name (str, optional): Name of that file, "rayvision_sync.log" if not given.
        log_level (str): Its level.
        timeout (float or tuple): Seconds to wait for an answer, or for
            connection and answer.
        ca_bundle (str, optional): Certificate authorities to trust, unless the studio has locked others.
        proxy (str, optional): URL of a proxy, instead of the environment's; the studio's, if it has locked one.
        cancel (Cancel, optional): Ends pauses between attempts.
        farm_folder (str, optional): Folder of a local farm, named where the farm does not run.

    Attributes:
        user (UserOperator): The account.
        task (TaskOperator): Create, submit, stop tasks.
        query (QueryOperator): Tasks, frames, software.
        transmit (TransmitOperator): Storages.
        tag (TagOperator): Projects and labels.
        env (RenderEnvOperator): Render environments.

    Raises:
        MissingAccess: No access id or key.
        SettingsError: Another argument cannot work.
        FarmError: The farm refused the login, or could not be reached.
    """

    def __init__(self, access_id=None, access_key=None, domain="task.renderbus.com",
                 platform="4", protocol="https", logger=None, log_folder=None, log_name=None,
                 log_level="DEBUG", timeout=DEFAULT_TIMEOUT_S, ca_bundle=None, proxy=None,
                 cancel=None, farm_folder=None):
        self.logger = logs.logger_for(__name__, logger, log_folder, log_name, log_level)
        self.platform = platform
        self._connect = Connect(
            _given(access_id, "access_id", "RAYVISION_API_ACCESS_ID"),
            _given(access_key, "access_key", "RAYVISION_API_KEY"),
            protocol, domain, platform, logger=self.logger, timeout=timeout,
            ca_bundle=_network("ca_bundle", ca_bundle), proxy=_network("proxy", proxy), cancel=cancel,
            farm_folder=farm_folder)
        self.user = UserOperator(self._connect)
        self.task = TaskOperator(self._connect)
        self.query = QueryOperator(self._connect)
        self.transmit = TransmitOperator(self._connect)
        self.tag = TagOperator(self._connect)
        self.env = RenderEnvOperator(self._connect)
        self.user._login()

    def __repr__(self):
        return str("<RayvisionAPI of %r>" % self._connect)

    @property
    def connect(self):
        """Connect: The way to the farm."""
        return self._connect

    @property
    def user_info(self):
        """dict: The account: user_id, user_name, input_bid, output_bid, config_bid, domain..."""
        return self.user.info

    def get_user_id(self):
        """Return the number of the account."""
        return self.user.user_id

    def check_and_add_project_name(self, project_name):
        """Return a project's number, after adding the project where there is none.

        Args:
            project_name (str): Its name.

        Returns:
            str: The number; empty where the farm did not take the project.
        """
        found = self._project_id(project_name)
        if not found:
            self.tag.add_label(project_name, 0)
            found = self._project_id(project_name)
        return found

    def submit(self, task_id, producer=None):
        """Hand a task over for rendering.

        Args:
            task_id (int): Task whose configuration and assets are on the farm.
            producer (str, optional): Who submits.

        Returns:
            bool: True; everything else is an error.
        """
        self.task.submit_task(whole_number(task_id), producer)
        return True

    def submit_by_data(self, task_info, file_name="task.json", producer=None):
        """Create a task of its task.json alone and hand it over: its assets are on the farm already.

        Args:
            task_info (dict or str): Content of task.json, or its JSON text. It gets the task's number, where it
                bears none, and is not changed here.
            file_name (str): What it is sent as; the farm renders what stands in task.json.
            producer (str, optional): Who submits.

        Returns:
            bool: True; everything else is an error.

        Raises:
            SettingsError: That is no task.json.
        """
        tree = _tree(task_info)
        info = dict(tree["task_info"])
        number = whole_number(info["task_id"]) if info.get("task_id") else self.task.task_id
        info.update({"task_id": "%d" % number, "user_id": info.get("user_id") or "%s" % self.user.user_id})
        self.transmit.upload_json_content(number, compat.dump_json(dict(tree, task_info=info)), file_name)
        return self.submit(number, producer)

    def _project_id(self, name):
        answer = self.tag.get_list(flag=2)
        projects = answer.get("projectNameList") if isinstance(answer, dict) else None
        for project in projects if isinstance(projects, list) else ():
            if isinstance(project, dict) and project.get("projectName") == name:
                return compat.text(project.get("projectId", ""))
        return ""


def _tree(task_info):
    try:
        tree = task_info if isinstance(task_info, dict) else compat.parse_json(compat.text(task_info))
    except (TypeError, ValueError, RuntimeError):
        tree = None
    if not isinstance(tree, dict) or not isinstance(tree.get("task_info"), dict):
        raise SettingsError("task_info is the content of a task.json: an object with \"task_info\".")
    return tree


def _given(value, argument, variable):
    value = compat.text(value) or compat.environ(variable)
    if not value:
        raise MissingAccess("There is no %s: pass it, or set the environment variable %s."
                            % (argument, variable))
    return value


def _network(name, given):
    """Return how to reach the farm: scripts go the studio's way, too."""
    found = settings.load()
    where, value = found.origin(name)
    if found.is_locked(name) or (given is None and where in ("settings file", "site")):
        return value
    return given  # The environment is for `Connect` to read.
