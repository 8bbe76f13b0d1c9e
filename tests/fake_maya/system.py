"""The scene's file, its project, references, and what Maya says of itself."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io

from .flags import command, or_none
from .graph import Graph


class System(Graph):
    """Commands around files.

    Attributes:
        name (str): The scene's path, "" where it has none.
        modified (bool): It has changes.
        saves (list of str): Paths that were written by a save.
        extra_files (list of str): What `file -list` has besides the textures.
        editor (list): ``(folder, file, plug)`` of the path editor, besides registered attributes.
    """

    def __init__(self):
        super(System, self).__init__()
        self.name = ""
        self.modified = False
        self.batch = False
        self.version = "2024"
        self.saves = []
        self.refuses_to_save = ""
        self.project = ""
        self.rules = {"images": "images", "sourceImages": "sourceimages", "scene": "scenes"}
        self.references = {}
        self.extra_files = []
        self.editor = []
        self.registered = ["file", "reference", "audio.filename", "imagePlane.imageName"]
        self.plugins = {"mtoa": "5.3.4"}
        self.unknown_plugins = []
        self.ocio = (True, False, "<MAYA_RESOURCES>/OCIO-configs/Maya2022-default/config.ocio")
        self.frame = 1001.0
        self._listed = None
        self.make("time1", "time")
        self.make("defaultRenderGlobals", "renderGlobals", currentRenderer="arnold", animation=True,
                  startFrame=1001.0, endFrame=1120.0, byFrameStep=1.0, imageFilePrefix=None, modifyExtension=False,
                  startExtension=1.0, byExtension=1.0, preMel=None, postMel=None, preRenderMel=None,
                  postRenderMel=None, preRenderLayerMel=None, postRenderLayerMel=None)
        self.make("defaultResolution", "resolution", width=1920, height=1080)
        self.make("defaultRenderLayer", "renderLayer", renderable=True)
        self.make("renderLayerManager", "renderLayerManager", renderLayerId=None)
        self.nodes["renderLayerManager"].inputs["renderLayerId"] = ["defaultRenderLayer"]

    def changed(self):
        self.modified = True

    def refer(self, node, path, loaded=True, broken=""):
        """Add a reference."""
        self.make(node, "reference")
        self.references[node] = (path, loaded, broken)

    @command("batch version")
    def about(self, mode, args, flags):
        return self.batch if flags.get("batch") else self.version

    @command("rename save type force exportAll preserveReferences modified", "sceneName modified list type")
    def file(self, mode, args, flags):
        if mode == "query":
            if flags.get("sceneName"):
                return self.name
            if flags.get("modified"):
                return self.modified
            return or_none(self._files())
        if "rename" in flags:
            if not flags["rename"]:
                raise RuntimeError("Scene name cannot be empty")
            self.name, self.modified = flags["rename"], True
            return self.name
        if flags.get("save"):
            return self._save(self.name, flags.get("type"))
        if flags.get("exportAll"):
            self._write(args[0], flags["type"])
            return args[0]
        if "modified" in flags:
            self.modified = flags["modified"]
            return None
        raise RuntimeError("file needs an action")

    def _save(self, name, kind):
        if not name:
            raise RuntimeError("File has not been named yet.")
        self._write(name, kind)
        # XGen hears of the save, and names its collections after the scene.
        for node in self.nodes.values():
            if node.kind == "xgmPalette":
                stem = name.rpartition("/")[2].rpartition(".")[0]
                node.attrs["xgFileName"].value = "%s__%s.xgen" % (stem, node.name)
        self.saves.append(name)
        self.modified = False
        return name

    def _write(self, name, kind):
        if self.refuses_to_save:
            raise RuntimeError(self.refuses_to_save)
        if kind not in (None, "mayaAscii", "mayaBinary"):
            raise RuntimeError("Invalid file type specified: %s" % kind)
        try:
            with io.open(name, "w", encoding="utf-8") as scene:
                scene.write("//Maya ASCII %s scene\n" % self.version)
        except (IOError, OSError):
            raise RuntimeError("Could not save file: %s" % name)

    def _files(self):
        found = [self.name] if self.name else []
        for node in self.nodes.values():
            if node.kind == "file" and node.attrs["fileTextureName"].value:
                found.append(node.attrs["fileTextureName"].value)
        return found + [path for path, loaded, _ in self.references.values() if loaded] + self.extra_files

    @command("filename withoutCopyNumber isLoaded isNodeReferenced")
    def referenceQuery(self, mode, args, flags):
        if flags.get("isNodeReferenced"):
            return ":" in self.node(args[0]).name
        if args[0] not in self.references:
            raise RuntimeError("%s is not a valid reference node or file" % args[0])
        path, loaded, broken = self.references[args[0]]
        if broken:
            raise RuntimeError(broken)
        return loaded if flags.get("isLoaded") else path if flags.get("withoutCopyNumber") else path + "{1}"

    @command("fileRuleEntry", "rootDirectory")
    def workspace(self, mode, args, flags):
        if mode == "query":
            return self.project + "/" if self.project else ""
        return self.rules.get(flags["fileRuleEntry"], "")

    @command("refresh", "listRegisteredTypes listDirectories listFiles withAttribute status")
    def filePathEditor(self, mode, args, flags):
        if mode == "create":
            self._listed = {}
            for node in self.nodes.values():
                if node.kind == "file" and node.attrs["fileTextureName"].value:
                    folder, _, name = node.attrs["fileTextureName"].value.rpartition("/")
                    self._listed.setdefault(folder, []).extend((name, node.name + ".fileTextureName"))
            for node, (path, _, _) in self.references.items():
                folder, _, name = path.rpartition("/")
                self._listed.setdefault(folder, []).extend((name, node))
            for folder, name, plug in self.editor:
                self._listed.setdefault(folder, []).extend((name, plug))
            return None
        if flags.get("listRegisteredTypes"):
            return or_none(self.registered)
        listed = self._listed or {}
        if "listDirectories" in flags:
            return or_none(sorted(listed))
        rows = listed.get(flags["listFiles"], [])
        if flags.get("status"):
            raise RuntimeError("status asks the disk for each file")  # The real one answers, after that long.
        return or_none(rows if flags.get("withAttribute") else rows[::2])

    @command(query="cmEnabled cmConfigFileEnabled configFilePath")
    def colorManagementPrefs(self, mode, args, flags):
        for place, flag in enumerate(("cmEnabled", "cmConfigFileEnabled", "configFilePath")):
            if flags.get(flag):
                return self.ocio[place]

    @command(query="list")
    def unknownPlugin(self, mode, args, flags):
        return or_none(self.unknown_plugins)

    @command(query="listPlugins version")
    def pluginInfo(self, mode, args, flags):
        if flags.get("listPlugins"):
            return or_none(sorted(self.plugins))
        if args[0] not in self.plugins:
            raise RuntimeError("Unknown plug-in: %s" % args[0])
        return self.plugins[args[0]]


    @command("-", " ")
    def currentTime(self, mode, args, flags):
        return self.frame
