# -*- coding: utf-8 -*-
"""Words of the host's scene and of settings that came later; see `texts`."""
from __future__ import absolute_import, division, print_function, unicode_literals

SCENE = {
    "Cameras": "相机",
    "Choose a camera.": "请选择相机。",
    "Filter": "筛选",
    "None": "全不选",
    "Tick all that are shown": "勾选所有显示的项",
    "Untick all that are shown": "取消勾选所有显示的项",
    "{n} of {all} chosen": "已选 {n} / {all}",
    "Looking at the scene ...": "正在读取场景……",
    "Looking at the scene: {files} found": "正在读取场景：已找到 {files}",
    "Stopped. \"Check again\" looks at the scene anew.": "已停止。点击“重新检查”可再次读取场景。",
    "The list of files ended early: {reason}": "文件列表提前结束：{reason}",
    "It has changes that are not saved: you are asked what to send.": "有未保存的修改：提交时会询问发送哪个版本。",
    "{scene} has changes that are not saved. What shall be sent?": "{scene} 有未保存的修改。要发送哪个版本？",
    "Save and submit": "保存并提交",
    "Save the scene where it is, then send it": "将场景保存到原处，然后提交",
    "Submit a copy": "提交副本",
    "Send the scene as it is now; your own file stays as it was saved":
        "按当前状态提交；您自己的文件保持上次保存的样子",
    "Nodes that could not be read": "无法读取的节点",
    "What these nodes name is not sent, unless it is added in another way":
        "除非以其他方式添加，这些节点引用的文件不会被发送",
    "The scene": "场景",
    "Not sent": "未发送",
    "Path mapping": "路径映射",
    "One folder a line, on Windows and elsewhere: P:/ = /mnt/projects. The output folder of a scene of "
    "another system is found by it.":
        "每行一个文件夹，Windows 路径与其他系统路径：P:/ = /mnt/projects。"
        "其他系统的场景的输出文件夹由此找到。",
    "Show the panel here": "在此处显示面板",
    "Storage": "存储",
    "Worth a look": "值得留意",
    "Checked again: still {n} missing.": "已重新检查：仍缺失 {n} 个文件。",
    "Files that this scene names were read from it. What it computes or loads while it is open is not "
    "known: add its files, or submit from Maya.":
        "已从场景文件中读取其引用的文件。打开场景时才计算或加载的内容无法得知：请添加这些文件，或从 Maya 中提交。",
    "Textures named inside this scene cannot be read here: add its files, or submit from {host}.":
        "此处无法读取场景内引用的贴图：请添加文件，或从 {host} 中提交。",
    "its own program": "其制作软件",
    "There is no account: fill in Access id and Access key in the settings, or choose a local farm there.":
        "没有账号：请在设置中填写访问 ID 和访问密钥，或选择本机农场。",
    "Fill in Access id and Access key, or choose a local farm.": "请填写访问 ID 和访问密钥，或选择本机农场。",
    "{n} fields cannot be saved: they are marked.": "有 {n} 项无法保存：已标出。",
    "As the farm says": "由农场决定",
    "Set in {file}": "在 {file} 中设置",
    "Each line of the path mapping is a path of Windows and one of Linux or macOS, with = between: "
    "P:/ = /mnt/projects.":
        "路径映射每行为一个 Windows 路径和一个 Linux 或 macOS 路径，中间用 = 分隔：P:/ = /mnt/projects。",
}
