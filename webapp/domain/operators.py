"""What the registry of operators says of itself, in Chinese: descriptions of operators and of what each is given.

Those of the domain, and of the one that the engine brings.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..language import Lang


def described(text: str, lang: Lang) -> str:
    """A description in a language; one that nobody has translated stays as it is."""
    return CHINESE.get(text, text) if lang == "zh" else text


CHINESE: Mapping[str, str] = {
    "2026-11; else last month": "如2026-11；不填则为上月",
    "ANYTIME, UNDER_3M, UNDER_1Y or OVER_1Y": "ANYTIME、UNDER_3M、UNDER_1Y或OVER_1Y",
    "Accept the signed order, once in a case.": "受理已签署的委托，每个工单一次。",
    "Ask the bank for the money of the order.": "向银行请求委托款项。",
    "Assign a handler without interest in the matter, freeze the evidence, set the deadlines.": (
        "指定无利害关系的经办人，固定证据，确定期限。"
    ),
    "Book the registrar's confirmation.": "登记注册登记机构的确认。",
    "C1 to C5": "C1至C5",
    "CONFIRMED, REMEDY, COMPLAINT, NOTHING or NOT_REACHED": "CONFIRMED、REMEDY、COMPLAINT、NOTHING或NOT_REACHED",
    "Choose a caller who had no part in the sale.": "选择未参与销售的回访人员。",
    "Close an inquiry: keep the knowledge gap.": "结束咨询：记录知识缺口。",
    "Close an order that is unpaid or cancelled.": "关闭未付款或已撤销的委托。",
    "Close the call-back with what was answered.": "按答复结束回访。",
    "Close the complaint in the register.": "在投诉台账中结案。",
    "Close the item of feedback with what it turned out to be.": "按核实结果结束反馈。",
    "Count the feedback of a month by topic, channel, team, product and process version.": (
        "按主题、渠道、团队、产品和流程版本统计一个月的反馈。"
    ),
    "DECLINED, EXPIRED or WITHDRAWN": "DECLINED、EXPIRED或WITHDRAWN",
    "Decide whether the customer of a closed case is asked how it was.": "决定是否就已结工单回访客户满意度。",
    "End the open proposal of the case, if there is one.": "结束工单中未结的推荐（如有）。",
    "End without a result; an assessment that was taken is dropped (DISPUTED, UNCONFIRMED, VOID).": (
        "无结果结束；已做的测评作废（DISPUTED、UNCONFIRMED、VOID）。"
    ),
    "Enter the complaint into the register.": "将投诉登入台账。",
    "Erase, anonymise and restrict in all cases and registers of a customer.": (
        "在客户的所有工单和台账中删除、匿名化和限制。"
    ),
    "Facts about the customer of a case; a calling number names him only if it is one person's.": (
        "工单客户的基本情况；来电号码仅属一人时才能识别客户。"
    ),
    "Find topic, sentiment, complaint words and data errors in the text, by the lexicon.": (
        "按词典识别文字中的主题、情绪、投诉用语和数据错误。"
    ),
    "Find who follows the item up; never the one whom it is about.": "确定跟进人；不会是反馈所涉及的人。",
    "Give money of the order back.": "退还委托款项。",
    "IN (else) or OUT": "IN（默认）或OUT",
    "Keep a contact record.": "记录一次接触。",
    "Keep an item of feedback, masked, and say whether it repeats another one.": "脱敏保存反馈，并指出是否重复。",
    "Keep how a survey stands.": "记录问卷的状态。",
    "Keep the answers of a survey, masked, and say which score speaks for them.": "脱敏保存问卷答复，并给出代表分数。",
    "Keep the proposal that goes out; an earlier one of the case is replaced.": (
        "保存发出的推荐；替换本工单较早的推荐。"
    ),
    "Keep the signed risk-mismatch warning letter.": "保存已签署的风险不匹配警示函。",
    "Keep what the table said of each fund; give back those that staff may speak of.": (
        "保存决策表对每只基金的结论；返回员工可介绍的基金。"
    ),
    "Lock or empty the customer's own record after the answer.": "答复后锁定或清空客户档案。",
    "Measure what the improvements of a round have changed.": "衡量一轮改进的效果。",
    "NOT_ASKED, SENT, DECLINED or EXPIRED": "NOT_ASKED、SENT、DECLINED或EXPIRED",
    "Note since when the improvements of a round work.": "记录一轮改进自何时生效。",
    "Put a confirmed assessment in force; the one before is superseded.": "使已确认的测评生效；替代之前的测评。",
    "Rank deficits by frequency × severity × reach ÷ effort.": "按频率×严重程度×影响面÷工作量对不足排序。",
    "Record that the order is paid.": "记录委托已付款。",
    "Record the approved improvements of a month.": "记录一个月已批准的改进。",
    "Remind those who hold a task, and tell the groups named beside them.": "提醒任务持有人，并通知指定的小组。",
    "Restrict what is sold to the customer.": "限制向客户销售。",
    "STAFF or CUSTOMER, else CUSTOMER": "STAFF或CUSTOMER，默认CUSTOMER",
    "Score the answers that the case holds as `answers`; say what is doubtful about them.": (
        "对工单中answers里的答案评分，并指出存疑之处。"
    ),
    "Send the order to the registrar.": "将委托发送给注册登记机构。",
    "Take the fund that the customer wants, if it was proposed and the proposal still counts.": (
        "选用客户想要的基金，前提是曾被推荐且推荐仍有效。"
    ),
    "The funds of the shelf that a need leaves: on sale, minimum, limit, holding, liquidity.": (
        "需求筛选后的在售基金：起点、限额、持有期、流动性。"
    ),
    "The inputs of the trade checks, as they stand now.": "交易检查的当前输入值。",
    "The text of the result letter in the customer's language.": "以客户语言写的结果函文本。",
    "UNPAID or CANCELLED": "UNPAID或CANCELLED",
    "What decides whether the customer may be contacted now; the table contact_permission reads it.": (
        "决定现在能否联系客户的依据，供决策表contact_permission读取。"
    ),
    "What is held of a customer, by kind of data, without a value.": "按数据类别列出持有客户的哪些数据，不含具体值。",
    "What is wrong with a choice, and why compliance must see it before the customer does.": (
        "选择有何问题，以及合规为何须先于客户看到。"
    ),
    "What the suitability table reads of a customer and a fund; r is null without a rated fund.": (
        "适当性决策表所读的客户与基金信息；基金无评级时r为空。"
    ),
    "Whether the customer may be assessed today, else from which day on.": "客户今天能否测评，否则自哪天起可以。",
    "Write down an attempt and plan the next.": "记录一次尝试并安排下一次。",
    "Write the documents of the funds in the customer's language, keep them with version and hash.": (
        "以客户语言生成基金文件，连同版本和哈希保存。"
    ),
    "Write to the customer in his language, with signed links where a question is put.": (
        "以客户语言致函；有提问时附带签名链接。"
    ),
    "a code": "代码",
    "a date": "日期",
    "business days": "工作日数",
    "codes for the officers against money laundering": "供反洗钱人员使用的代码",
    "each {fundCode, facts, decision, actions, rule}": "每项为{fundCode, facts, decision, actions, rule}",
    "each {fundCode, reason, proposedAmount, proposedType}": "每项为{fundCode, reason, proposedAmount, proposedType}",
    "else the case's": "默认为本工单的",
    "else the case's customer": "默认为本工单的客户",
    "else the case's, else the caller": "默认为本工单的，否则为来电人",
    "else the contact's": "默认为该次接触的",
    "else the first that was proposed": "默认为最先推荐的",
    "fund codes shown beside them": "一并展示的基金代码",
    "fund codes that the suitability table left": "适当性决策表保留的基金代码",
    "funds that the case has an opinion on": "工单已有结论的基金",
    "funds that the customer does not want": "客户不要的基金",
    "further terms; the earliest counts": "其他期限；以最早的为准",
    "groups to tell": "要通知的小组",
    "how many shares are sold": "赎回的份额",
    "how much of the term is over": "期限已过的比例",
    "ids of letter, recording, recommendation": "函件、录音、推荐的编号",
    "its process": "其流程",
    "kept, but not counted": "保存但不计入统计",
    "name of the text": "文本名称",
    "name of the text, else by percent": "文本名称，默认按比例确定",
    "number of the closed case": "已结工单的编号",
    "number of the order or case": "委托或工单编号",
    "of the suitability table": "适当性决策表的结果",
    "staff id of whom it is about": "所涉员工的编号",
    "staff id that must not call": "不得回访的员工编号",
    "staff id, else the system": "员工编号，默认为系统",
    "staff ids to tell": "要通知的员工编号",
    "the customer's class": "客户的风险等级",
    "the form of the call": "回访表单",
    "the form of the customer's answer": "客户答复的表单",
    "the fund's risk level": "基金的风险等级",
    "the group that the table names": "决策表指定的小组",
    "the moment to name as deadline": "作为截止时间写出的时刻",
    "the order as it is on the form": "表单上的委托",
    "the question that is put, by name": "所提问题的名称",
    "the registrar's message": "注册登记机构的消息",
    "the task's id, or what it is called": "任务的id或名称",
    "the term to answer in, such as 7 BD": "答复期限，如7 BD",
    "those of the statistics": "统计所得",
    "topic and effort of what was analysed": "所分析内容的主题和工作量",
    "topic, proposal, owner, due, expected": "主题、建议、负责人、期限、预期",
    "what assessment/score gave": "assessment/score的结果",
    "what else the text needs, by name": "文本所需的其他内容，按名称",
    "what else there is to say": "其他要说明的内容",
    "what is asked for": "所请求的内容",
    "what is held, as it was collected": "已收集的持有数据",
    "what staff write to the customer": "员工写给客户的内容",
    "what staff wrote": "员工所写的内容",
    "what the customer asked about": "客户所咨询的内容",
    "what the customer wants to reach": "客户的目标",
    "what the table said of each, in their order": "决策表对各项的结论，依次排列",
    "what the task is called": "任务名称",
    "what was said, without names": "谈话内容，不含姓名",
    "what was taken, if anything": "已取的内容（如有）",
    "what we could not do": "我们未能办到的事",
    "what we did not know": "我们不了解的内容",
    "where the customer is": "客户所在位置",
    "whether it is the lowest class": "是否为最低等级",
    "whether the customer was reached": "是否联系到客户",
    "who may handle it, else chs": "可经办的人，默认chs",
    "who served the customer": "服务客户的人",
    "whom the complaint names": "投诉所指的人",
    "whose data they are": "数据属于谁",
    "why something is refused": "拒绝的原因",
    "why the customer is called": "回访原因",
    "without it only the customer's": "不填则只取客户的",
    "yuan": "元",
    "yuan, else all that was taken": "元，默认为全部已收款项",
}
