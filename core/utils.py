"""The documented functions; each only leads to the module that does the work."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from . import account, compat, jsonfile, manifest, task_words, words


def cutting_upload(upload_path, max_resources_number=None, after_cutting_position=None):
    """Cut upload.json into parts.

    Args:
        upload_path (str): Absolute path of upload.json.
        max_resources_number (int, optional): Assets in each part.
        after_cutting_position (str, optional): Folder for the parts, created if
            needed; by default that of upload.json.

    Returns:
        list of str: Absolute paths of the parts (``upload_1.json``, ...), without
        the original; the original alone where there is nothing to cut.

    Raises:
        ManifestError: Not an upload list, or a number that makes no parts. Nothing was written.
    """
    folder = compat.text(after_cutting_position) if after_cutting_position else None
    parts = manifest.cut(compat.text(upload_path), max_resources_number,
                         os.path.abspath(folder) if folder else None)
    return [compat.like(part, upload_path) for part in parts]


def str2unicode(handle_str, str_decode="default"):
    """Return bytes as text.

    Args:
        handle_str (bytes or str): Text, and whatever is neither, is returned as it is.
        str_decode (str): The encoding; "default" tries UTF-8, GBK and the system's.

    Returns:
        str: Text; the bytes themselves where they are no text in that encoding.
    """
    return words.decoded(handle_str, None if str_decode == "default" else str_decode)


def get_task_status_description(task_status_code=None, language="1"):
    """Return the state of a task in words: "Waiting".

    Args:
        task_status_code (str): As the farm numbers it.
        language (str): "0" Chinese, "1" English.

    Raises:
        RayvisionError: There is no code, or no such language.
    """
    return task_words.describe(task_status_code, language)


def get_share_info(api):
    """Return ``(number of the input storage, user id)`` that uploads go to: the main account's, if it is shared."""
    return account.share(api)


def create_transfer_params(api):
    """Return what names the account: dict of config_bid, input_bid, output_bid, domain, platform, local_os, user_id."""
    return account.names(api)


def json_load(json_path, encoding="utf-8"):
    """Return what a JSON file holds; None where there is none.

    Args:
        json_path (str): The file.
        encoding (str): Accepted; JSON is UTF-8.

    Raises:
        RayvisionError: It is no JSON in UTF-8.
    """
    return jsonfile.read(json_path) if os.path.exists(compat.fs(compat.text(json_path))) else None


def write_json(path, info):
    """Write a JSON file in UTF-8; it appears whole."""
    jsonfile.write(path, info)
