"""What the user and the studio have set: options, environment, the user's file, the site's file, defaults.

The first that names a value wins, except that values which the studio has
locked win over everything.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import logging
import os
import stat

from . import compat, places
from .errors import SettingsError

log = logging.getLogger(__name__)

#: Name -> (environment variable or None, default).
KNOWN = {
    "access_id": ("RAYVISION_API_ACCESS_ID", None),
    "access_key": ("RAYVISION_API_KEY", None),
    "domain": ("RAYVISION_DOMAIN", "task.renderbus.com"),
    "platform": ("RAYVISION_PLATFORM", "2"),
    "protocol": ("RAYVISION_PROTOCOL", "https"),
    "ca_bundle": ("RAYVISION_CA_BUNDLE", None),
    "proxy": ("RAYVISION_PROXY", None),
    "threads": ("RAYVISION_THREADS", "auto"),
    "max_speed": ("RAYVISION_MAX_SPEED", None),
    "local_path": ("RAYVISION_LOCAL_PATH", None),
    "storage": (None, None),
    # The folder of a local farm, instead of domain and account.
    "farm": ("RAYVISION_FARM", None),
    # A Python for the programs that do the transfers, where the host's own cannot.
    "interpreter": ("RAYVISION_INTERPRETER", None),
    # The farm's own transfer program, or a folder that holds it; see engines/transmitter/program.
    "transmitter_exe": ("RAYVISION_TRANSMITTER", None),
    # Seconds without a sign of life after which it is ended and started again.
    "transmitter_silence_s": (None, 180),
    # The farm's line that it takes, by name; the farm's default where there is none.
    "internet_provider": (None, None),
    # How many transfers run at a time; the others wait.
    "max_jobs": (None, 2),
    # Whether interrupted transfers go on when the panel is opened.
    "resume_on_open": (None, True),
    # Ended transfers are forgotten after so many days; what they left is kept up to so many MB.
    "keep_jobs_days": (None, 30),
    "keep_jobs_mb": (None, 512),
    # Folders that other systems call by other names: pairs, see `mapping`.
    "path_mapping": (None, None),
}

#: Where a value may come from, the first wins.
ORIGINS = ("site (locked)", "option", "environment", "settings file", "site", "default")

#: Never shown, logged or written anywhere but in the user's own 0600 file, wherever in the settings they stand:
#: the farm's key, and those of a storage.
SECRET = ("access_key", "secret_key", "session_token")


class Settings(object):
    """Values by name.

    Args:
        layers (list of tuple): ``(where, dict)``, the first that has a name wins.
        locked (dict): The studio's values that nobody overrides.

    Attributes:
        farm_folder (str or None): Folder of the local farm that domain and account are of.
    """

    farm_folder = None

    def __init__(self, layers, locked=None):
        self._layers = layers
        self._locked = locked or {}

    def __repr__(self):
        return str("<Settings of %d layers>" % len(self._layers))

    def get(self, name):
        """Return a value; None where nobody set it."""
        return self.origin(name)[1]

    def origin(self, name):
        """Return ``(where it comes from, value)``."""
        if name in self._locked:
            return "site (locked)", self._locked[name]
        for where, values in self._layers:
            if values.get(name) is not None:
                return where, values[name]
        return "default", KNOWN[name][1]

    def choose(self, name, given):
        """Return what holds where a call may name a value of its own: what the studio has locked, else the call's.

        Args:
            name (str): Of the setting.
            given: The call's value; None is none.
        """
        return self.get(name) if given is None or self.is_locked(name) else given

    def read(self, name, parse, given=None):
        """Return what `parse` makes of the value that holds; a wrong one is said with the place where it stands.

        Args:
            name (str): Of the setting.
            parse (callable): Takes the value.
            given: The call's value; None is none.

        Raises:
            SettingsError: From `parse`.
        """
        try:
            return parse(self.choose(name, given))
        except SettingsError as error:
            if given is None or self.is_locked(name):
                error.message += self.place_of(name)
            raise

    def place_of(self, name):
        """Return a sentence that says where a value was set, with a blank before it; nothing where that is known."""
        place = {"environment": "the variable %s" % KNOWN[name][0], "settings file": "the settings file",
                 "site": "the studio's settings", "site (locked)": "the studio's settings"}.get(self.origin(name)[0])
        return " (It stands in %s.)" % place if place else ""

    def is_locked(self, name):
        """Tell whether the studio has locked a value."""
        return name in self._locked


def secrets(settings):
    """Return the texts of the settings that must not be shown: keys, those of a storage among them, and passwords.

    Args:
        settings (Settings): As they are set.

    Returns:
        list of str: The longest first, so that none is left in half.
    """
    found, todo = set(), [dict((name, settings.get(name)) for name in ("access_key", "storage", "proxy"))]
    while todo:
        value = todo.pop()
        if not isinstance(value, dict):
            continue
        for name, inner in value.items():
            if isinstance(inner, (bytes, compat.text_type)):
                secret = inner if name in SECRET else _password(inner) if name == "proxy" else None
                found.add(compat.text(secret) or "")
            todo.append(inner)
    return sorted(found - {""}, key=lambda text: (-len(text), text))


def _password(url):
    """Return the "user:password" of a URL, or None."""
    return compat.text(url).rpartition("@")[0].partition("://")[2] or None


def default_path():
    """Return the path of the user's settings file."""
    return os.path.join(places.home(), "settings.json")


def stamp(with_site=False):
    """Return what changes when the user's settings file does: who polls reads it again only then.

    Args:
        with_site (bool): The studio's file, too. It lies on a share: not for what a DCC does while it draws.
    """
    paths = [default_path()] + ([compat.environ("RAYVISION_SYNC_SITE")] if with_site else [])
    return tuple(_stamp_of(path) for path in paths if path)


def _stamp_of(path):
    try:
        found = os.stat(compat.fs(path))
    except OSError:
        return None
    return found.st_size, compat.mtime_ns(found), found.st_ino


def load(options=None, path=None, environ=compat.environ):
    """Read all layers.

    Args:
        options (dict, optional): From the command line or a call; None values do not count.
        path (str, optional): The user's file; a file that is named must exist.
        environ (callable): Variable -> text or None.

    Returns:
        Settings: The merged view.

    Raises:
        SettingsError: A file that cannot be read.
    """
    options = dict((name, value) for name, value in (options or {}).items() if value is not None)
    variables = dict((name, environ(variable)) for name, (variable, _) in KNOWN.items()
                     if variable and environ(variable))
    site_path = environ("RAYVISION_SYNC_SITE")
    site = _read(site_path, required=True) if site_path else {}
    path = compat.text(path)
    own = _known(_read(path or default_path(), required=path is not None, private=True), path or default_path())
    defaults = dict((name, value) for name, value in site.items() if name not in ("locked", "defaults"))
    _known(defaults, site_path)
    defaults.update(_object(site, "defaults", site_path))
    layers = [("option", options), ("environment", variables), ("settings file", own), ("site", defaults)]
    return Settings(layers, _object(site, "locked", site_path))


def _object(values, name, path):
    found = values.get(name, {})
    if not isinstance(found, dict):
        raise SettingsError("\"%s\" in %s must be an object of names and values." % (name, path))
    return _known(found, path)


def _known(values, path):
    unknown = sorted(set(values) - set(KNOWN))
    if unknown:
        raise SettingsError("The settings file %s has unknown names: %s. Known: %s."
                            % (path, ", ".join(unknown), ", ".join(sorted(KNOWN))))
    return values


def _read(path, required=False, private=False):
    try:
        with io.open(compat.fs(path), encoding="utf-8-sig") as source:
            if private:
                _keep_private(source, path)
            values = compat.parse_json(source.read())
    except (IOError, OSError) as error:
        if not required and not os.path.lexists(compat.fs(path)):
            return {}
        raise SettingsError("The settings file %s cannot be read (%s)." % (path, compat.text(error.strerror)))
    except ValueError as error:
        raise SettingsError("The settings file %s is not valid JSON: %s. Correct it or remove it."
                            % (path, compat.json_error(error)[0]))
    if not isinstance(values, dict):
        raise SettingsError("The settings file %s must be a JSON object: {\"domain\": \"...\"}." % path)
    return values


def _keep_private(source, path):
    """Refuse another user's file. A key that others can read is no secret: take their rights away."""
    if compat.WINDOWS:
        return
    if places.is_foreign(path):
        raise SettingsError("The settings file %s belongs to another user and was not read. Remove it, or set "
                            "RAYVISION_SYNC_HOME to a folder of your own." % path)
    found = os.fstat(source.fileno())
    if stat.S_IMODE(found.st_mode) & 0o077 and found.st_uid == os.getuid():
        try:
            os.chmod(compat.fs(path), 0o600)
        except OSError as error:
            log.warning("Others can read the settings file %s, and its mode cannot be changed (%s).",
                        path, compat.text(error.strerror))


def change(values, path=None):
    """Change some values of the user's settings file and keep the others.

    Args:
        values (dict): Only known names; None takes a value out of the file.
        path (str, optional): By default the user's.

    Raises:
        SettingsError: As `save`, or the file cannot be read.
    """
    found = dict(_known(_read(path or default_path(), private=True), path or default_path()))
    found.update(values)
    save(dict((name, value) for name, value in found.items() if value is not None), path)


def save(values, path=None):
    """Write the user's settings file (0600); it appears whole.

    Args:
        values (dict): Only known names.
        path (str, optional): By default the user's.

    Raises:
        SettingsError: An unknown name, or the disk refuses; an older file stays as it was.
    """
    unknown = sorted(set(values) - set(KNOWN))
    if unknown:
        raise SettingsError("Unknown settings: %s. Known: %s." % (", ".join(unknown), ", ".join(sorted(KNOWN))))
    if path is None:
        places.make_home()
        path = default_path()
    part = "%s.%d.part" % (path, os.getpid())
    try:
        with compat.open_private(part) as target:
            target.write(compat.dump_json(values, indent=2, sort_keys=True) + "\n")
        compat.replace(part, path)
    except (IOError, OSError) as error:
        if os.path.lexists(compat.fs(part)):
            compat.remove_file(part)
        raise SettingsError("The settings file %s cannot be written (%s)." % (path, compat.text(error.strerror)))
