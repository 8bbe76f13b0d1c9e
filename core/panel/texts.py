# -*- coding: utf-8 -*-
"""The panel's words. English is the key; Chinese stands beside it."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import words
from .binding import QtCore
from .texts_jobs import PATTERNS
from .texts_scene import SCENE

LANGUAGES = (("auto", "System language"), ("en", "English"), ("zh", "中文"))

_chosen = []


def system_language():
    """Return "zh" or "en", by the system's own language."""
    return "zh" if QtCore.QLocale.system().name().startswith("zh") else "en"


def choose_language(name):
    """Use a language from now on: "en", "zh" or "auto"."""
    _chosen[:] = [name if name in ("en", "zh") else system_language()]


def language():
    """Return "en" or "zh"."""
    if not _chosen:
        choose_language("auto")
    return _chosen[0]


def tr(text, **values):
    """Return a text in the panel's language.

    Args:
        text (str): In English, as it stands in `CHINESE`; ``{name}`` is filled in.
        **values: To fill in.
    """
    found = CHINESE.get(text, text) if language() == "zh" else text
    return found.format(**values) if values else found


def number_of(number, noun):
    """Return "1 file", "48 211 files"; a noun of `NOUNS`."""
    one, several, chinese = NOUNS[noun]
    if language() == "zh":
        return "%s %s" % (words.count(number), chinese)
    return "%s %s" % (words.count(number), one if number == 1 else several)


def sentence(text):
    """Return one of the jobs' own sentences in the panel's language, where it is known."""
    if language() != "zh" or not text:
        return text
    if text in CHINESE:
        return CHINESE[text]
    for pattern, chinese in PATTERNS:
        text = pattern.sub(chinese, text)
    # An event: the name of a scene, and what became of it.
    name, colon, said = text.partition(": ")
    return name + colon + CHINESE[said] if said in CHINESE else text


#: Noun -> (one, several, Chinese).
NOUNS = {
    "file": ("file", "files", "个文件"),
    "frame": ("frame", "frames", "帧"),
    "unread node": ("node could not be read", "nodes could not be read", "个节点无法读取"),
    "note": ("thing is worth a look", "things are worth a look", "处值得留意"),
    "missing file": ("file is missing", "files are missing", "个文件缺失"),
}

CHINESE = {
    "Submit": "提交",
    "Transfers": "传输",
    "Frames": "帧",
    "Settings": "设置",
    "Log": "日志",
    "System language": "跟随系统",
    "English": "English",
    "中文": "中文",
    "Close this message": "关闭此消息",
    "{name}, and {n} more": "{name}，另有 {n} 处",
    "Show": "显示",
    "Hide": "隐藏",
    "Missing files": "缺失的文件",
    "Choose a scene: what will be sent is shown here before anything happens.":
        "请选择场景：上传之前，这里会先列出将要发送的内容。",
    "to send, {files}": "待上传，{files}",
    "already there, {files}": "农场已有，{files}",
    "Everything is on the farm already: only the scene is submitted.": "所有文件都已在农场上：只需提交场景。",
    "at your last rate": "按上次速度估计",
    "Looking at the files ...": "正在检查文件……",
    "The files could not be looked at.": "无法检查文件。",
    "Choose: {what}": "选择：{what}",
    "failed": "失败",
    "missing": "缺失",
    "refused": "被拒绝",
    "your own, kept": "您自己的文件，已保留",
    "{scene}, task {id}": "{scene}，任务 {id}",
    "Nothing found.": "没有找到。",
    "{name} is not there any more. Re-fetch it.": "{name} 已不存在，请重新下载。",
    "{path} is not there (yet).": "{path} 尚不存在。",
    "This system has no program to open {path} with.": "本系统没有可打开 {path} 的程序。",
    "there already": "已存在",
    "moving now": "正在传输",
    "Files of this transfer": "此传输的文件",
    "Files that the scene needs": "场景需要的文件",
    "Files": "文件",
    "Folder": "文件夹",
    "Take off the list": "从列表移除",
    "Take what is picked off the list (Delete)": "将选中项从列表移除（Delete）",
    "Add files that the scene needs": "添加场景需要的文件",
    "Add a folder with all that is in it": "添加整个文件夹",
    "Add a list of files that was made before": "添加已有的文件清单",
    "{n} days": "{n} 天",
    "{n} s": "{n} 秒",
    "{n} min": "{n} 分钟",
    "yesterday {time}": "昨天 {time}",
    "{h} h {m} min": "{h} 小时 {m} 分",
    "{h} h": "{h} 小时",
    "rendered {at}": "{at} 渲染完成",
    "here {at}": "{at} 到达本地",
    "waiting": "等待中",
    "rendering": "渲染中",
    "rendered": "已渲染",
    "fetching": "下载中",
    "here": "已到本地",
    "kept": "本地保留",
    "failed {at}": "{at} 失败",
    "Local farm": "本机农场",
    "A farm that runs on this computer: its folder fills in the fields above":
        "本机上运行的农场：选择其文件夹即可填好上面的账号",
    "Click to go to a frame": "点击可跳到该帧",
    "Click a state to show only its frames, once more for all": "点击状态只显示该状态的帧，再点一次显示全部",
    "{done} of {frames} here": "已到本地 {done} / {frames}",
    "Task": "任务",
    "Which task is shown": "显示哪个任务",
    "Go to frame": "跳到帧",
    "Go to a frame by its number (Ctrl+F)": "按编号跳到帧（Ctrl+F）",
    "Size of cells": "单元格大小",
    "Size of cells (Ctrl and the mouse wheel)": "单元格大小（Ctrl + 滚轮）",
    "Small cells": "小",
    "Medium cells": "中",
    "Large cells": "大",
    "Open folder": "打开文件夹",
    "Open the folder of the frames": "打开帧所在文件夹",
    "Re-fetch": "重新下载",
    "Restart on the farm": "在农场重新渲染",
    "Open": "打开",
    "No frames yet": "还没有帧",
    "The frames of a task appear here as soon as it was submitted, or when it is downloaded by its number.":
        "提交任务后，或按任务号下载时，帧会显示在这里。",
    "Fetch the frames that are picked again (F5)": "重新下载选中的帧（F5）",
    "Let the farm render these frames again": "让农场重新渲染这些帧",
    "Open the picture (Enter)": "打开图片（Enter）",
    "Download a task": "下载任务",
    "{n} failed": "失败 {n}",
    "{frames} will be fetched again.": "{frames} 将重新下载。",
    "Asking the farm ...": "正在询问农场……",
    "Copy paths": "复制路径",
    "{frames} picked": "已选中 {frames}",
    "Pick a frame to see what there is to know of it.": "选中一帧查看详情。",
    "Close": "关闭",
    "Close (Esc)": "关闭（Esc）",
    "Do this first": "优先执行",
    "Threads": "线程",
    "Files at a time, for this transfer": "此传输同时传送的文件数",
    "Limit of this transfer": "此传输的限速",
    "Begin before the others that wait": "排在其他等待项之前",
    "Limit": "限速",
    "No file is moving, and none has a problem.": "没有正在传输的文件，也没有问题。",
    "No file had a problem.": "所有文件都没有问题。",
    "auto": "自动",
    "Show files and reasons": "显示文件和原因",
    "Transfer": "传输",
    "{done} of {files}": "{done} / {files}",
    "{files}, {sizes}": "{files}，{sizes}",
    "Task {id}": "任务 {id}",
    "Done {at}": "{at} 完成",
    " of ": " / ",
    "Starting ...": "正在启动……",
    "{files} were there already": "{files}已存在",
    "{n} missing": "缺失 {n}",
    "What is shown": "显示内容",
    "Everything": "全部",
    "Only problems": "只看问题",
    "Copy for support": "复制给技术支持",
    "Open the folder of log files": "打开日志文件夹",
    "Nothing has happened yet": "还没有记录",
    "What transfers do is told here.": "传输的进展会显示在这里。",
    "Copied. Paste it into your message to support: the access key is not in it.":
        "已复制。可粘贴给技术支持：其中不含密钥。",
    "Copy this log with versions and settings; the access key is not among them": "复制日志、版本和设置，不含密钥",
    "Revert": "还原",
    "Save": "保存",
    "Account and farm": "账号与农场",
    "Farm": "农场",
    "Access id": "访问 ID",
    "Access key": "访问密钥",
    "Protocol": "协议",
    "Zone": "区域",
    "Test": "测试",
    "Farm on this computer": "本机农场",
    "Proxy": "代理",
    "Files at a time in each transfer; auto adapts to the line.": "每个传输同时传送的文件数；自动模式按线路调整。",
    "Speed limit": "限速",
    "KB/s for all transfers together, or a timetable: 09:00-19:00 2048, else 0 (0 is no limit).":
        "所有传输合计 KB/s，或时间表：09:00-19:00 2048, else 0（0 为不限速）。",
    "none": "不限",
    "At a time": "同时进行",
    "Transfers that run at a time; the others wait.": "同时进行的传输数，其余排队。",
    "Interrupted": "已中断",
    "Interrupted transfers go on when this panel is opened.": "打开面板时，中断的传输会自动继续。",
    "Folders and interpreter": "文件夹与解释器",
    "Downloads": "下载",
    "Where frames land if a scene names no folder.": "场景没有指定文件夹时，帧保存到这里。",
    "Interpreter": "解释器",
    "A Python that does the transfers, where this program's own cannot.":
        "当本程序自带的 Python 无法传输时使用的 Python。",
    "This program's own": "本程序自带",
    "Keep (days)": "保留（天）",
    "Transfers that have ended are forgotten after so many days.": "已结束的传输在这么多天后清除。",
    "This panel": "面板",
    "Language": "语言",
    "Set by your studio": "由工作室统一设置",
    "The speed limit is KB/s, e.g. 2048, or a timetable: 09:00-19:00 2048, else 0.":
        "限速为 KB/s，例如 2048，或时间表：09:00-19:00 2048, else 0。",
    "Days are a whole number.": "天数必须是整数。",
    "Logging in ...": "正在登录……",
    "Found. Test it: that saves it as well.": "已找到。点击“测试”即可验证并保存。",
    "Forget what was changed here": "放弃这里的修改",
    "Save, and try to log in with this account": "保存，并用此账号试登录",
    "Folder of a local farm": "本机农场的文件夹",
    "The settings file cannot be read.": "无法读取设置文件。",
    "Set by an environment variable of this computer": "由本机的环境变量设置",
    "Saved.": "已保存。",
    "http (only a farm on this computer)": "http（仅限本机农场）",
    "Not saved yet.": "尚未保存。",
    "There is no local farm in {folder}.": "{folder} 中没有本机农场。",
    "kept; type to replace it": "已保存；输入可替换",
    "secret half of the account": "账号的密钥部分",
    "timetable": "时间表",
    "Check again": "重新检查",
    "Scene": "场景",
    "A range, e.g. 1001-1120, every second one 1001-1120[2], or single ones 1,3,5-9":
        "范围，如 1001-1120；隔帧 1001-1120[2]；或单帧 1,3,5-9",
    "Layers": "渲染层",
    "all; or names with commas between": "全部；或用逗号分隔的名称",
    "Render layers, e.g. beauty, shadow; empty is the whole scene": "渲染层，如 beauty, shadow；留空表示整个场景",
    "Output": "输出",
    "Finished frames land here one by one, also when this window is closed":
        "渲染完的帧会逐帧下载到这里，关闭窗口也会继续",
    "Send anyway": "仍然提交",
    "Submit and upload": "提交并上传",
    "Say which frames to render, e.g. 1001-1120.": "请填写要渲染的帧，例如 1001-1120。",
    "Choose a layer.": "请选择渲染层。",
    "It is sent as soon as the files were looked at. Click again to stop that.":
        "检查完文件后立即提交。再点一次可取消。",
    "{scene} is on its way. You can go on working, or close everything.":
        "{scene} 正在提交。您可以继续工作，或关闭所有窗口。",
    "Look at the scene and its files again (F5)": "重新检查场景和文件（F5）",
    "Choose or drop a scene file": "选择或拖入场景文件",
    "Renderer": "渲染器",
    "Folder that finished frames land in": "渲染完的帧保存到的文件夹",
    "Submit without the missing files": "不含缺失文件，直接提交",
    "Choose a scene first.": "请先选择场景。",
    "Save the scene first.": "请先保存场景。",
    "Waits for the check ...": "等待检查完成……",
    "The scene was never saved: save it first.": "场景从未保存：请先保存。",
    "Save the scene, then check again.": "保存场景，然后重新检查。",
    "Restore what is missing and submit: it is checked again before.": "补齐缺失的文件后提交：提交前会再次检查。",
    "Transfers go on when this window is closed.": "关闭窗口后传输仍会继续。",
    "Pause all": "全部暂停",
    "Resume all": "全部继续",
    "Speed limit of all transfers together": "所有传输的总限速",
    "Fetch the frames of a task by its number": "按任务号下载帧",
    "Which transfers are shown": "显示哪些传输",
    "Find a scene or task": "查找场景或任务",
    "No transfers yet": "还没有传输",
    "Submit a scene, or fetch the frames of a task by its number. Transfers go on when this window is closed.":
        "提交一个场景，或按任务号下载帧。关闭窗口后传输仍会继续。",
    "Number of the task": "任务号",
    "Folder for its frames": "帧的保存文件夹",
    "Fetch each frame as soon as it is rendered": "每渲染完一帧立即下载",
    "Download": "下载",
    "Pause or go on with all transfers": "暂停或继续所有传输",
    "Submit a scene": "提交场景",
    "A task's number has digits only, e.g. 18164087.": "任务号只含数字，例如 18164087。",
    "Render farm": "渲染农场",
    "Parts of the panel": "面板分区",
    "Upload": "上传",
    "Fetch again": "重新下载",
    "Auto-download": "自动下载",
    "Verify": "校验",
    "Pausing ...": "正在暂停……",
    "Cancelling ...": "正在取消……",
    "Pause": "暂停",
    "Resume": "继续",
    "Cancel": "取消",
    "Retry": "重试",
    "Remove": "移除",
    "Pause: it stays where it is (Space)": "暂停：保持当前进度（空格）",
    "Go on where it was (Space)": "从当前进度继续（空格）",
    "End this transfer; what was moved stays (Delete)": "结束此传输；已传内容保留（Delete）",
    "Try again; what is there already is skipped (R)": "重试；已有的会跳过（R）",
    "Open the folder of the files that landed (O)": "打开下载文件夹（O）",
    "Take it off this list; no file is removed (Delete)": "从列表移除；不会删除文件（Delete）",
    "Waits for its turn": "排队中",
    "Running": "进行中",
    "Paused": "已暂停",
    "Failed {at}": "{at} 失败",
    "Cancelled {at}": "{at} 已取消",
    "Interrupted {at}": "{at} 中断",
    "All": "全部",
    "Active": "进行中",
    "With problems": "有问题",
    "Ended": "已结束",
    "black": "全黑",
    "truncated": "文件不完整",
    "unreadable": "无法读取",
    "other resolution": "分辨率不同",
    "not checked inside": "未检查内容",
    "Done": "完成",
    "Failed": "失败",
    "Cancelled.": "已取消。",
    "Interrupted: the program that did this ended. Resume goes on where it was.":
        "已中断：传输程序已结束。点击“继续”从断点继续。",
    "Interrupted: the computer or somebody ended the program. Resume goes on where it was.":
        "已中断：计算机或他人结束了程序。点击“继续”从断点继续。",
}

CHINESE.update(SCENE)
