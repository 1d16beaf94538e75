"""What a finding of the checks says in a language: as the checks say it, or one Chinese template by its rule.

Names, ids and labels are as drawn, labels in the words of the bundle's own catalogue; what a parser says is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.canonical import read as read_json
from engine.check.phrases import KIND, LIST, Phrase
from engine.model import Finding

from .language import Lang
from .phrases import EVENTS, KINDS, PHRASES, READERS

DRAWN = frozenset(
    {"label", "source", "target", "column", "table"}
)  # the fields of phrases that hold texts of the bundle
READ = frozenset({"why", "what", "where"})  # those of findings that a reader or parser may have worded
PATTERNS = tuple((re.compile(pattern), template) for pattern, template in READERS.items())


def sentence(finding: Finding, lang: Lang, labels: Mapping[str, str]) -> str:
    """What a finding says; `labels` are the translations of the bundle's own texts."""
    if lang == "en" or finding.rule not in SENTENCES:
        return finding.message
    chinese = _Chinese(labels)
    fields = {name: chinese.field(name, value) for name, value in finding.data.items()}
    return SENTENCES[finding.rule].format(**fields) + "。"


def sentence_of(phrase: Phrase, lang: Lang, labels: Mapping[str, str]) -> str:
    """What a phrase of the checks says by itself."""
    return str(phrase) if lang == "en" else _Chinese(labels).phrase(phrase)


def read(text: str) -> str:
    """What a reader or parser says, in Chinese where it is known."""
    return _Chinese({}).read(text)


def labels_of(files: Mapping[str, bytes], lang: Lang) -> dict[str, str]:
    """The translations that the files of a bundle bring along; none where their file cannot be read."""
    try:
        found = read_json(files.get(f"i18n/{lang}.json", b"{}"))
    except (ValueError, ArithmeticError, RecursionError):
        return {}
    texts = found.items() if isinstance(found, dict) else ()
    return {" ".join(text.split()): said for text, said in texts if isinstance(said, str) and said.strip()}


@dataclass(frozen=True, slots=True)
class _Chinese:
    """Words the fields of findings."""

    labels: Mapping[str, str]

    def field(self, name: str, value: Any) -> str:
        """A field of a finding."""
        if isinstance(value, Phrase):
            return self.phrase(value)
        return self.read(value) if name in READ else str(value)

    def phrase(self, phrase: Phrase) -> str:
        """A phrase of the checks."""
        if phrase.template == KIND:
            return kind(**phrase.fields)
        fields = {name: self.part(name, value) for name, value in phrase.fields.items()}
        if phrase.template == LIST:
            return "、".join(fields.values())
        return PHRASES[phrase.template].format(**fields)

    def part(self, name: str, value: Any) -> str:
        """A field of a phrase."""
        if isinstance(value, Phrase):
            return self.phrase(value)
        return self.labels.get(value, value) if name in DRAWN else str(value)

    def read(self, text: str) -> str:
        """What a reader or parser says: worded if it is known, else quoted."""
        for pattern, template in PATTERNS:
            if found := pattern.fullmatch(text):
                return template.format(**{name: self.group(name, part) for name, part in found.groupdict().items()})
        return f"「{text}」"

    def group(self, name: str, text: str) -> str:
        """A part of what a reader says."""
        if name == "tag":
            return KINDS.get(text, text)
        return EVENTS.get(text, text) if name == "event" else self.part(name, text)


def kind(event: str, tag: str) -> str:
    """What a kind of element is called, an event with what it waits for or throws."""
    return (EVENTS.get(event, "") if tag.endswith("Event") else "") + KINDS.get(tag, "元素")


SENTENCES: Mapping[str, str] = {
    # files
    "files": "{why}；请上传同一流程包的文件",
    "other-key": "这是{key}的流程包，不是{other}的；请保留流程的id，或将其作为独立的流程部署",
    "not-read": "文件未能读完：{why}；请减少或简化文件",
    "empty-bundle": "没有可部署的.bpmn或.dmn文件；请加入流程图",
    "file-name": "{name}不是流程包内的路径；请用字母、数字、点、短横线和斜线",
    "two-diagrams": "文件{file}是{other}之外的第二张流程图；请分别放入各自的流程包部署",
    "malformed-xml": "文件{file}无法读取：{why}；请在建模工具中重新保存",
    "too-many": "文件{file}有{count}{what}，超过上限{most}；请拆分为多个文件",
    "no-process": "文件{file}中没有可执行的流程；请为要运行的流程设置isExecutable",
    "two-processes": "{here}是{other}之外的第二个可执行流程；请将其中一个的isExecutable设为false",
    "not-executed": "{here}：引擎不执行{what}；请换一种画法",
    # structure
    "text-cut-off": "{id}的{name}中间有{what}，只有其前面的内容会被读取；请将其删除",
    "missing-id": "第{at}行的{kind}没有id；请设置id",
    "duplicate-id": "id“{id}”重复，另一处在第{other}行；请为每个元素设置各自的id",
    "dangling-flow": "{here}从{source}通向{target}，但两端没有画在同一层；请重新连接",
    "impossible-flow": "{here}不能{end}，后者{what}；请删除",
    "detached-event": "{here}没有附着在同一层的活动上；请将其拖到活动的边缘",
    "no-start": "{here}没有{start}，其中的工作无法开始；请画一个",
    "no-end": "{here}之后没有后续，工作永远不会结束；请画一条通向结束事件的顺序流",
    "unreachable": "没有路径通向{here}，它永远不会执行；请连接或删除",
    "unknown-reference": "{here}引用的{kind}“{id}”在文件中没有定义；请选择已有的{kind}",
    "message-without-name": "{here}的消息没有名称，无人能发送；请填写名称",
    "deadlock": "{here}会永远等待{missing}：工作可能走另一条路，不再经过那里；请用与分支处同类的网关汇合",
    "lack-of-synchronisation": "同时进行的分支在{here}相遇却不互相等待，其后的工作会重复执行；请用并行网关汇合",
    "livelock": "从{here}起再没有通向结束的路：无论怎样办理，同样的工作都会重新开始；请在循环中画一个通向外面的选择",
    "error-never-thrown": "{here}所在之处没有任何元素抛出它的错误，其后的工作永远不会执行；请删除，或在内部抛出该错误",
    "loop-never-waits": "{here}处于循环中（{loop}），循环内没有任何等待，可能永远运行下去；请加入任务或定时器",
    # expressions and names
    "expression-syntax": "{here}的{where}无法解析：{why}；请更正",
    "gateway-without-condition": "{here}引出的{flow}没有条件，也不是默认分支；请填写条件或设为默认分支",
    "unknown-name": "{here}的{where}读取{name}，但没有地方声明它{hint}；请更正，或在表单、脚本、决策表或操作结果中声明",
    "name-not-written": "{here}的{where}读取{name}，但只有{writers}写入它，且都不在此之前；请提前写入或推后读取",
    "counter-overwritten": "{here}写入{name}，但它是所属实例的序号，不会改变；请改用其他名称",
    "kinds-differ": "{here}的{where}{does}，会失败；请更正，或先转换该值",
    "reads-personal-data": "{here}的{where}读取{name}，它是个人信息；请交由操作处理，或将其单独、原样地作为参数传递",
    # work
    "task-without-form": "{here}没有表单，无人能填写；请设置formJsonSchemaFilename",
    "form-elsewhere": "{here}的表单{form}不在文件夹forms/中；请移入该文件夹",
    "missing-form": "{here}的表单{form}不在流程包中{hint}；请加入表单或更正路径",
    "task-for-nobody": "{here}没有候选小组、处理人或泳道，无人能看到；请指定小组",
    "unknown-four-eyes": "{here}不得由办理{task}的人办理，但没有这个任务{hint}；请更正id",
    "priority-malformed": "{here}的优先级为“{value}”；请填写1（最先）到3的数字",
    "timer-malformed": "{here}的{where}不是时间：{why}",
    "pauses-malformed": "{here}要暂停{clock}的计时，但{why}；请更正属性pauses",
    "too-many-instances": "{here}要运行{count}次，最多为{most}次；请使用较短的列表",
    "instances-malformed": "无法确定{here}运行几次：{why}",
    "unknown-operator": "{here}调用的操作{name}没有安装{hint}；请选择已安装的操作",
    "missing-parameter": "{here}没有将{name}传给操作{operator}，而后者需要它；请补上该参数",
    "unknown-process": "{here}调用的流程{name}没有部署{hint}；请先部署它",
    "call-to-itself": "{here}调用自己所在的流程，没有尽头；请改画循环",
    "unknown-decision": "{here}调用的决策{name}既不在流程包中，也不是共享决策{hint}；请加入决策表或更正id",
    "result-variable": "{here}从决策{name}得到多行结果；请在属性resultVariable中写明存放在哪里",
    # forms and tables
    "form-malformed": "表单{file}不可用：{why}；请更正",
    "form-unsendable": "文件{file}要求填写{field}，却没有声明它，因此永远无法提交；请声明该字段",
    "hidden-required": "文件{file}始终要求填写{field}，但{other}不取相应的值时它是隐藏的，无法提交；请写入if和then",
    "field-without-value": "文件{file}的字段{field}没有任何可填的值，因为{why}；请更正",
    "default-refused": "文件{file}的字段{field}留空时会填入{value}，而它自身不接受该值；请更正默认值",
    "form-reference": "文件{file}引用的{reference}不在表单之内；请写在表单内",
    "form-endless": "文件{file}在{field}处循环引用自身，或引用过多，无法据以校验；请直接写出",
    "unsafe-pattern": "文件{file}中{field}的模式「{pattern}」{why}；请写得简单些",
    "unknown-lookup": "文件{file}的字段{field}要在{name}中查找，但它没有安装{hint}；请选择已安装的",
    "decision-malformed": "决策{decision}，{where}：{why}",
    "decision-bundle": "没有流程图的流程包是一个共享决策，而{file}中有{count}个；请拆分",
    "decision-twice": "决策{decision}同时在{file}和{other}中；请只保留一个",
    "translation-malformed": "文件{file}不是原文与译文的单层对象：{why}",
    # warnings
    "work-piles-up": "循环会再次开始{here}，而上一次可能还没有结束，循环几次就重复几次；请让循环等待它完成",
    "unused-file": "流程包中没有用到{file}；请删除，或在需要的地方引用它",
    "unknown-default": "{here}的默认分支{flow}不是由它引出的；请选择它的一条顺序流",
    "no-default": "{here}没有默认分支，所有条件都不成立时这一步会失败；请将一条顺序流设为默认分支",
    "condition-ignored": "{flow}的条件不起作用，因为{why}；请删除",
    "overlapping-conditions": "{here}引出的{flow}和{other}的条件可能同时成立，此时走前一条；请使条件互斥",
    "name-maybe-missing": "{here}的{where}读取{name}，但{when}；请设为必填、写入初值，或先用“is defined({name})”判断",
    "name-maybe-misspelt": "{here}的{where}读取{name}，但此处没有声明它，只可能来自被调用的流程{hint}；请更正或声明",
    "not-configured": "{here}的{where}要读取参数{name}，但它没有配置{hint}；请更正，或先配置它",
    "read-in-parallel": "{here}的{where}读取{name}，而同时进行的分支会写入它（{writers}）；请先汇合分支",
    "value-never": "{here}的{where}将{name}与{value}比较，但它不会取该值（只会是{values}）{hint}；请更正该值",
    "kinds-mixed": "{here}将{name}写为{kinds}，而{other}写为{others}，读取时会在其中一条路上失败；请统一或改名",
    "condition-never-holds": "{here}的条件在判断时永远不成立，这条顺序流不会走到；请更正或删除",
    "error-not-caught": "{here}的错误在外层无人捕获，这一步会失败；请在子流程的边缘捕获，或改用其他结束事件",
    "never-defined": "{here}的{where}判断{name}是否存在，但没有地方声明它{hint}；请更正",
    "parallel-writes": "{here}和{other}可能同时运行，且都写入{name}，后写的覆盖先写的；请各自设置variableName",
    "instances-overwrite": "{here}的多个实例同时运行，且都写入{name}，后写的覆盖先写的；请将结果收集到列表中",
    "unknown-parameter": "{here}将{name}传给操作{operator}，而后者不接受它{hint}；请删除",
    "unknown-start": "{here}启动的流程{name}没有部署{hint}；请在工单到达之前部署它",
    "rows-overlap": "决策{decision}：第{row}行和第{other}行可能同时命中，而只允许一行（{example}）；请修改其中一行",
    "rows-missing": "决策{decision}：{example}时没有任何行命中；请加一行，或在末尾加一行涵盖其余情况",
    "row-never-hit": "决策{decision}：第{row}行不会命中：没有值满足它，或前面的行总是先命中；请更正、移动或删除",
    "field-never-shown": "文件{file}的字段{field}永远不会显示，因为{why}；请更正它的x-when",
    "form-hint": "文件{file}的{hint}提到的{field}不是该表单的字段；请更正",
    "unknown-format": "文件{file}的字段{field}的格式{name}在此不作校验{hint}；请选择可校验的格式",
    "unknown-group": "{here}分配给小组{group}，但目录中没有该小组{hint}；请更正或添加小组",
    "unnamed-task": "{here}没有名称，待办中只显示id；请用动词加宾语命名",
    "unnamed-flow": "{here}没有名称，看不出是哪个答案；请以答案命名",
    "one-way-gateway": "{here}只有一进一出；请删除",
    "no-drawing": "{here}在图上没有位置，无人能看到；请重新排布流程图",
    "condition-without-type": "{here}的条件没有写明类型；请加上xsi:type",
    "missing-links": "{count}个元素没有列出进出的顺序流，首先是{first}；请重新保存文件",
    "foreign-namespace": "文件使用的命名空间{namespace}在此没有意义；请删除",
    "missing-translation": "{here}上的文字{text}在{file}中没有译文；请补上",
    "no-translations": "没有{file}，{count}处文字不会翻译；请加入该文件",
    "scenario": "场景「{name}」的走向不同：{why}；请改正流程图，若这正是本意则修改场景",
    "scenario-malformed": "文件{file}不是场景：{why}；请改正",
    "scenario-personal": "场景「{name}」中有{what}；请改用虚构的值",
    "scenarios-not-run": "场景{file}及其后的场景没有运行，因为{why}；请减少或缩短场景",
    # notes
    "unused-translation": "文件{file}翻译了{text}，但它没有出现在任何地方；请删除",
    "table-not-searched": "决策{decision}的组合过多，未能全部检查遗漏",
    "not-searched": "{here}的路径过多，未能全部检查死锁",
}
