# -*- coding: utf-8 -*-
"""Sentences of jobs with names and numbers in them, in Chinese; see `texts.sentence`."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

#: Pattern -> Chinese, one after the other; what none knows stays English.
PATTERNS = tuple((re.compile(pattern), chinese) for pattern, chinese in (
    (r"\bTask (\d+) is on the farm(?=[:.])", "任务 \\1 已提交到农场"),
    (r"^Logged in to (\S+) as (.+)\.$", "已登录 \\1，用户 \\2。"),
    (r"^Looking at the files: ([\d ]+)$", "正在检查文件：\\1"),
    (r"\b([\d ]+) of ([\d ]+) frames? here", " \\1 / \\2 帧已到本地"),
    (r"\b([\d ]+) files? sent \(([^)]*)\)", "已上传 \\1 个文件（\\2）"),
    (r"It is your own or was changed here: it stays as it is\.", "这是您自己的或在本地改过的文件：保持原样。"),
    (r"It is your own or was changed here\. The farm's version is beside it: (.*)",
     "这是您自己的或在本地改过的文件。农场的版本在旁边：\\1"),
    (r"\b([\d ]+) files? landed in (.*?) \(([^)]*)\)", "\\1 个文件已下载到 \\2（\\3）"),
    (r"([\d ]+) already there\b", "\\1 个已存在"), (r"([\d ]+) (?:was|were) here\b", "\\1 个已在本地"),
    (r", ([\d ]+) missing\b", "，缺失 \\1 个"), (r", ([\d ]+) failed\b", "，失败 \\1 个"),
    (r", the others were not rendered", "，其余未渲染"), (r"(?<=\.m[ab]), task (\d+):", "，任务 \\1："),
    (r"(已到本地[^,]*), in (\S.*)\.$", "\\1，位于 \\2"),
    (r"^([\d ]+) frames? of task (\d+) will be rendered again\.$", "任务 \\2 的 \\1 帧将重新渲染。"),
    # What went wrong: the farm.
    (r"The farm does not know task ([\d, ]*\d)(?: \(404\))?: check the number,"
     r" (?:or whether it was|it may have been) deleted\.", "农场上没有任务 \\1：请检查任务号，它可能已被删除。"),
    (r" ?Nothing was downloaded\.", "没有下载任何文件。"),
    (r"The farm refused the signature \(611\): check access id, access key and the clock of this computer"
     r"(?: \(it is (\d+) minutes? (?:ahead of|behind) the farm\))?\.",
     "农场拒绝了签名（611）：请检查访问 ID、访问密钥和本机时钟。"),
    (r"The farm says that the signature has expired \(610\): set the clock of this computer right[^.]*\.",
     "农场提示签名已过期（610）：请校准本机时钟。"),
    (r"The farm asks for a login \(602\).*?\. Check access id and access key\.",
     "农场要求登录（602）：请检查访问 ID 和访问密钥。"),
    (r"(\S+) cannot be reached: check domain and network, and that the farm is running\.",
     "无法连接 \\1：请检查域名和网络，并确认农场正在运行。"),
    (r"(\S+) cannot be reached: start the local farm again((?: \(python -m .+?\))?)\.",
     "无法连接 \\1：请重新启动本地农场\\2。"),
    (r"(\S+) cannot be reached through the proxy: check the proxy\.", "无法通过代理连接 \\1：请检查代理设置。"),
    (r"(\S+) did not accept a connection in time: check domain and network\.", "连接 \\1 超时：请检查域名和网络。"),
    (r"(\S+) did not answer in time\.", "\\1 未及时应答。"),
    (r"(\S+) broke the connection before its answer was here\.", "\\1 在应答之前断开了连接。"),
    (r"(\S+) is busy or broken \(HTTP (\d+)\): try again later\.", "\\1 繁忙或出现故障（HTTP \\2）：请稍后再试。"),
    (r" ?It goes on by itself as soon as that works\.", "恢复后会自动继续。"),
    # Room.
    (r"No space left on (.+?): (\d+) frames? waits? \(([^)]*) needed\)\. Free some space: the download goes on by "
     r"itself\.", "\\1 空间不足：\\2 帧等待中（需要 \\3）。释放空间后下载会自动继续。"),
    (r"No space left on the storage (.+?): (.+?) was not sent\. Free some space and run the upload again\.",
     "存储 \\1 空间不足：\\2 未上传。请释放空间后重新上传。"),
    (r"No space left on (.+?): (.+?) did not land \(([^)]*) needed\)\. Free some space and download again\.",
     "\\1 空间不足：\\2 未能保存（需要 \\3）。请释放空间后重新下载。"),
    # What is missing.
    (r"\b([\d ]*\d) assets? (?:is|are) missing: (.+?)\. (?=No task was|Task \d)", "缺失 \\1 个文件：\\2。"),
    (r"No task was created\.", "未创建任务。"), (r"Task (\d+) is not submitted\.", "任务 \\1 未提交。"),
    (r"Task (\d+) is submitted already: its frames can be fetched\.", "任务 \\1 已提交：可以下载它的帧。"),
    (r" ?Restore what is missing and resume, or send the scene anyway\. Nothing is rendered yet\.",
     "请补齐后继续，或仍然提交。尚未开始渲染。"),
    (r"(\S.*?) is missing\. Restore it or take it out of the scene\.", "\\1 缺失：请补齐，或从场景中移除。"),
    (r" ?Whether it has made a task is not known\. Nothing is rendered; resume to try again\.",
     "不确定农场是否已创建任务。尚未渲染；点击“继续”重试。"),
    (r" ?Nothing (?:was|is) (?:sent|submitted)\.", "没有提交任何内容。"),
    # Frames.
    (r"\bTask (\d+): (?:([\d ]*\d) frames?|some frames) failed on the farm((?: \([^)]*\))?)\.",
     "任务 \\1：有帧在农场渲染失败\\3。"),
    (r" ?Look at their log on the farm's website\.", "请在农场网站查看日志。"),
    (r" ?\bIts log is (.+?\.log)\.(?= |$)", "日志：\\1。"),
    (r" ?Restart failed frames in the panel's Frames tab\.", "失败的帧可在面板的“帧”标签页重新渲染。"),
    (r"^(\".*\") is no frame range: write it like 1-12, 1001-1120\[2\] or 1,3,5-9\.",
     "\\1 不是帧范围：请写成 1-12、1001-1120[2] 或 1,3,5-9。"),
    (r"^The frame range (\".*\") goes nowhere: its end comes after its start, its step is 1 or more\.",
     "帧范围 \\1 无效：结束帧应在起始帧之后，步长至少为 1。"),
    (r"^The frame range (\".*\") holds more than (\d+) frames: send it as several tasks\.",
     "帧范围 \\1 超过 \\2 帧：请分成多个任务提交。"),
))
