"""All that the adapter may ask of MAXScript: there is no stub of pymxs, and a test reads the adapter against this."""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

#: A name of MAXScript. ``source``: D vendor's documentation, R public repositories, M assumed. ``since`` and ``until``:
#: releases. ``without``: what the adapter does where it is not there or fails.
Name = namedtuple("Name", "source since until without")
Name.__new__.__defaults__ = ("D", 2018, 2027, "")

NAMES = {
    "maxVersion": Name("D", without="year from its first number, where the eighth is missing"),
    "maxOps.isInNonInteractiveMode": Name("R", without="taken as interactive"),
    "isNetServer": Name("D", without="taken as no render node"),
    "maxFileName": Name("D"), "maxFilePath": Name("D"), "getSaveRequired": Name("D"),
    "saveMaxFile": Name("D", without="HostError"),
    "getDir": Name("D", without="no folder"), "name": Name("D"), "execute": Name("D", without="used without byref"),
    "enableAccelerators": Name("D", without="DisableMaxAcceleratorsOnFocus of qtmax, where it has it"),
    # Menus.
    "macros.new": Name("D"),
    "menuMan": Name("D", 2018, 2024, "undefined: callbacks"),
    "menuMan.findMenu": Name("D", 2018, 2024), "menuMan.createMenu": Name("D", 2018, 2024),
    "menuMan.createActionItem": Name("D", 2018, 2024), "menuMan.createSubMenuItem": Name("D", 2018, 2024),
    "menuMan.getMainMenuBar": Name("D", 2018, 2024), "menuMan.updateMenuBar": Name("D", 2018, 2024),
    "menuMan.unRegisterMenu": Name("D", 2018, 2024),
    "callbacks.addScript": Name("D"), "callbacks.removeScripts": Name("D"),
    "callbacks.notificationParam": Name("D", without="only asked within #cuiRegisterMenus, 2025 and later"),
    "maxOps.GetICuiMenuMgr": Name("D", 2025),
    # Render setup.
    "rendTimeType": Name("D"), "rendPickupFrames": Name("D"), "rendStart": Name("D"), "rendEnd": Name("D"),
    "rendNThFrame": Name("D"), "sliderTime": Name("D"), "animationRange.start": Name("D"),
    "animationRange.end": Name("D"), "rendOutputFilename": Name("D"), "rendSaveFile": Name("D"),
    "rendFileNumberBase": Name("D"), "frameRate": Name("D"), "renderWidth": Name("D"), "renderHeight": Name("D"),
    "fileInGamma": Name("D", without="not told"), "fileOutGamma": Name("D", without="not told"),
    "cameras": Name("D"), "classOf": Name("D"), "getActiveCamera": Name("D", without="first camera"),
    "renderers.current": Name("D"), "maxOps.GetCurRenderElementMgr": Name("D", without="no elements"),
    "fileProperties.getItems": Name("R", without="no plug-ins"),
    "vrayVersion": Name("M", without="number in the class of the renderer"),
    "pathConfig.getCurrentProjectFolder": Name("D", without="no project"),
    "mapPaths.count": Name("D", without="no folders"), "mapPaths.get": Name("D", without="no folders"),
    # Files.
    "ATSOps.Refresh": Name("D", without="Trouble"), "ATSOps.GetFiles": Name("D", without="Trouble"),
    "ATSOps.GetDependentFiles": Name("R", without="Trouble"),
    "AssetManager.getNumAssets": Name("D", without="Trouble"),
    "AssetManager.getAssetByIndex": Name("D", without="Trouble"),
    "getClassInstances": Name("D", without="Trouble"), "usedMaps": Name("D", without="Trouble"),
    "xrefs.getXRefFileCount": Name("D", without="none"), "xrefs.getXRefFile": Name("D", without="Trouble"),
    "objXRefs.getNumFiles": Name("D", without="none"), "objXRefs.getFileName": Name("D", without="Trouble"),
    "ColorPipelineMgr": Name("R", 2024, without="no colour management"),
    "BitmapTexture": Name("D"), "VRayBitmap": Name("M", without="undefined: not installed"),
    "VRayHDRI": Name("M", without="undefined: not installed"),
    "VRayProxy": Name("M", without="undefined: not installed"),
    "VRayIES": Name("M", without="undefined: not installed"),
    "CoronaBitmap": Name("M", without="undefined: not installed"),
    "CoronaProxy": Name("M", without="undefined: not installed"),
    "ai_image": Name("M", without="undefined: not installed"),
}

#: Of objects that calls return: methods and properties.
MEMBERS = {
    # Menus up to 2024, and from 2025 on.
    "addItem": "D", "numItems": "D", "getItem": "D", "getTitle": "D", "removeItemByPosition": "D",
    "mainMenuBar": "D", "CreateSubMenu": "D", "CreateAction": "D", "LoadConfiguration": "D",
    "GetCurrentConfiguration": "D",
    # Nodes, textures, assets, elements, times, colours.
    "name": "D", "filename": "D", "getFileName": "D", "getType": "D", "frame": "D", "NumRenderElements": "D",
    "GetRenderElement": "D", "GetRenderElementFilename": "D", "elementName": "D", "enabled": "D",
    "Mode": "R", "OCIOConfigPath": "R", "HDRIMapName": "M", "ies_file": "M", "startTime": "D", "playBackRate": "D",
    "ifl_start_frame": "M", "ifl_playback_rate": "M", "output_splitgbuffer": "M", "output_splitfilename": "M",
    "output_saveRawFile": "M", "output_rawFileName": "M",
}

#: Globals that are undefined, not missing, where they are not there.
UNDEFINED = ("menuman", "colorpipelinemgr", "vraybitmap", "vrayhdri", "vrayproxy", "vrayies", "coronabitmap",
              "coronaproxy", "ai_image", "vrayversion")
