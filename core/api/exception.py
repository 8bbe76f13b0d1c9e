"""The documented names of the API's errors, and what a check finds wrong."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import FarmError as RayvisionAPIError
from ..errors import RayvisionError, SettingsError
from ..errors import SettingsError as RayvisonTaskIdError

__all__ = ["AnalyseFailError", "HardwareConfigIdError", "NotSupportCGSoftwareError", "NotSupportHardwareCodeError",
           "NotSupportPluginError", "RayvisionAPIError", "RayvisionError", "RayvisonTaskIdError"]


class AnalyseFailError(SettingsError):
    """The analysis found errors in the scene."""


class HardwareConfigIdError(SettingsError):
    """The farm has no such render nodes, or they do not take the scene."""


class NotSupportCGSoftwareError(HardwareConfigIdError):
    """The farm, or its node, does not take the program or its version."""


class NotSupportPluginError(HardwareConfigIdError):
    """The node does not take a plug-in of the scene."""


class NotSupportHardwareCodeError(HardwareConfigIdError):
    """The node does not take a scene with this finding of the analysis."""
