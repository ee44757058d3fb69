"""An error in the reader's language: what docs/errors.md says of its code, what stood there, and what would be right.

English is the error's own text. Chinese is made from the same parts, phrase by phrase; a test holds every phrase the engine speaks
to the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from remit.errors import RemitError, shorten
from remit.explain import ledger_messages
from remit.pack import dialect

#: What each code means.
MEANINGS: dict[str, str] = {
    "RM101": "文件不是 UTF-8 编码", "RM102": "缺少文件", "RM103": "引用块与原文不一致", "RM104": "原文有一句没有引用",
    "RM105": "引文不在该条之内", "RM106": "规则之上没有原文", "RM107": "不是规则包", "RM108": "没有政策文件", "RM109": "文件过大",
    "RM110": "该分句尚无规则", "RM201": "YAML 格式错误", "RM202": "键重复", "RM203": "不支持的 YAML 写法", "RM204": "名称未声明",
    "RM205": "键不存在", "RM206": "形式不对", "RM207": "缺少必需的键", "RM208": "值不合规定", "RM209": "重复声明", "RM210": "名称有歧义",
    "RM211": "保留名称", "RM212": "情态须有且只有一个", "RM213": "没有责任单位", "RM214": "触发或期限重复", "RM215": "没有触发",
    "RM217": "规则循环引用", "RM218": "单位图中没有该关系", "RM219": "嵌套过深", "RM220": "键后为空", "RM221": "无人签收", "RM230": "词汇未使用", "RM231": "没有可随同的行为",
    "RM301": "条件中有未知符号", "RM302": "引号未闭合", "RM303": "词的位置不对", "RM304": "条件中有未知的词", "RM305": "事件没有该事实",
    "RM306": "类型不符", "RM307": "不是判断句", "RM308": "常量不可能存在", "RM309": "条件过长或过深", "RM401": "未知的事件类型",
    "RM402": "案件文件打不开", "RM403": "事件没有该事实", "RM404": "缺少必填事实", "RM405": "值不合规定", "RM406": "未知的单位",
    "RM407": "未知的地点", "RM409": "日期不存在", "RM410": "不是案件文件", "RM411": "事件编号重复", "RM450": "编号已被占用",
    "RM451": "所指事件不存在", "RM452": "时间不能倒退", "RM453": "没有该义务", "RM454": "没有该规则", "RM455": "没有该案件",
    "RM456": "没有该名称", "RM457": "命令用法不对", "RM460": "文本含不完整的字符", "RM461": "该值无法保存", "RM462": "时间缺少时区或超出范围",
    "RM463": "事件过大或嵌套过深", "RM464": "不是事件的规范字节", "RM465": "时刻远在未来，恐系笔误", "RM501": "未知的地点", "RM502": "未知的层级", "RM503": "未知的单位",
    "RM504": "单位图有环", "RM505": "起止日期颠倒", "RM506": "重复列出", "RM507": "没有任何单位符合", "RM508": "部分地点或部分日期没有单位",
    "RM509": "规则相互矛盾", "RM601": "节假日表自相矛盾", "RM701": "台账数据库损坏", "RM702": "台账不可写入", "RM703": "台账繁忙",
    "RM704": "与数据库的连接中断", "RM705": "此处没有台账", "RM706": "台账属于另一个规则包", "RM707": "台账由更新的版本写成",
    "RM708": "SQLite 版本过低", "RM709": "台账末尾缺失", "RM710": "找不到台账密钥", "RM711": "密钥格式不对", "RM712": "密钥可被他人读取",
    "RM713": "密钥不是本台账的", "RM714": "密封内容无法打开", "RM715": "密钥文件已存在或写不进去", "RM716": "检查点或证明格式不对",
    "RM717": "事件证明不成立", "RM718": "检查点签名无效", "RM719": "证明由他人密钥签名", "RM720": "超出台账限制", "RM721": "导出文件的链条断裂",
    "RM722": "台账已存在", "RM723": "台账被改动", "RM724": "文件已存在",
    "RM725": "缺少 psycopg", "RM726": "台账地址无法识别", "RM727": "该当事人已被删除", "RM728": "存档的规则包被改动", "RM729": "未指定台账密钥",
    "RM730": "发件箱编号不对", "RM731": "台账不是空的", "RM732": "不是文件台账", "RM733": "不是备份文件",
    "RM820": "场景文件的语法不对", "RM821": "功能里没有场景", "RM822": "场景里没有步骤", "RM823": "例子与步骤对不上", "RM824": "场景名称重复",
    "RM825": "没有场景文件", "RM826": "没有该场景或标签", "RM827": "步骤不明", "RM828": "步骤与表格不符", "RM829": "没有可建议的内容",
    "RM830": "未被察觉的改动清单不准确", "RM831": "缺少工作台组件", "RM832": "改动种类不明",
    "RM770": "该义务无须签收", "RM771": "不是接收单位", "RM772": "删除会牵连其他案件", "RM773": "台账已关闭",
    "RM840": "缺少求解器 z3-solver", "RM841": "没有这种发现", "RM842": "所认可的规则不存在", "RM843": "文件已存在", "RM844": "没有可比较之处",
    "RM845": "台账属于另一个规则包", "RM846": "没有可用的案件", "RM847": "缺少模板库",
    "RM870": "输出处不是 remit 生成的网站", "RM871": "不是场景结果文件", "RM872": "缺少程序库", "RM873": "场景文件格式不对", "RM874": "网站写不进去",
    "RM880": "事件无法列成表格",
    "RM890": "不是完整的 Parquet 或 Arrow 文件", "RM891": "该处已有内容，或有另一次未完成的重放", "RM892": "有进程中途退出", "RM893": "缺少程序库",
    "RM850": "机构调整的写法不对", "RM851": "单位当日不存在", "RM860": "模板要的字段不存在", "RM861": "模板无法使用", "RM862": "输出文件已存在",
    "RM863": "输出文件写不进去", "RM864": "缺少程序库", "RM865": "没有这种形式",
    "RM801": "该处已有内容", "RM802": "无法整理格式", "RM803": "没有可整理的文件", "RM804": "文件写不进去",
    "RM810": "缺少语言服务所需的库", "RM811": "步骤写法不对", "RM812": "该名称不能改", "RM813": "尚有无法读出的内容", "RM814": "不是合格的名称",
    "RM815": "名称已被占用", "RM816": "改名会使规则包出错",
    "RM900": "内部错误", "RM901": "匹配后端不可用", "RM902": "内部错误",
}  # fmt: skip
#: The things names stand for.
NOUNS: dict[str, str] = {
    "action": "行动", "attribute": "事实", "calendar": "日历", "choice": "选项", "event": "事件", "event type": "事件类型", "level": "层级",
    "pack": "规则包", "place": "地点", "policy": "政策", "reading": "解释", "role": "角色", "rule": "规则", "unit": "单位", "case": "案件",
    "selector": "选择式", "window": "窗口", "by": "期限", "reorganisation": "机构调整", "headings": "标题格式", "label": "标签", "edge": "关系",
    "acceptance": "认可", "act": "行为", "units-file": "单位文件", "relation": "关系", "name": "名称", "inferred": "推定", "holiday": "节假日", "superior": "上位文件", "superior-duty": "上位义务", "units file": "单位文件", "limit": "期限", "statement": "定义", "list of inferred parts": "推定", "list of headings": "标题格式",
    "convention of counting": "期间计算", "list of articles": "条款", "minimum of working days": "至少工作日数", "counting": "期间计算", "articles": "条款", "at_least": "至少工作日数",
}  # fmt: skip
#: Whole phrases, of what was expected and of what was found.
PHRASES: dict[str, str] = {
    "the `calendar` of a file in facts/calendars": "facts/calendars 中某个文件的“日历”（calendar）",
    "a time of the day such as 17:00, or 24:00": "一日中的时刻，如 17:00，或 24:00",
    "exactly one unit; there it goes to the fallback desk with a question": "恰好一个单位；没有之处送兜底单位并提问",
    "a unit; there nobody owes it": "有单位；没有之处无人承担", "no z3-solver": "没有安装 z3-solver", "z3-solver, which proves": "用来证明的 z3-solver", "a kind of finding": "一种发现", "a rule of the pack": "规则包里的规则",
    "a list of accepted findings": "认可事项的列表", "not a list": "不是列表", "a file that is not there yet": "尚不存在的文件",
    "two packs": "两个规则包", "a case file, or a directory with case files": "案件文件，或含有案件文件的目录", "no Jinja2": "没有安装 Jinja2",
    "Jinja2, which makes pages": "用来生成网页的 Jinja2", "name the directory of the other version": "请写另一版本的目录",
    "`case:` and `events:`": "`案件:` 和 `事件:`", "`case`, `events`, `label` or `about`": "`案件`、`事件`、`标签` 或 `说明`",
    "`event`: the report as it should have been": "`更正为`：报告本来应有的内容", "`overrides` in one of them": "在其中一条写 `优先于`",
    "`reporter`, `defaulter`, or a selector such as {role: …, place: event.place}": "`报告单位`、`失责单位`，或 {角色: …, 地点: 事件.地点} 之类的选择式",
    "`since` not after `until`": "`自` 不晚于 `至`", "`==`, which compares": "`==`（或 ＝）表示相等", "`&&`": "`&&`（或 且）", "`||`": "`||`（或 或）",
    "a block quote of the law above it": "上方先有原文的引用块", "a call as `--help` shows it": "`--help` 所示的用法",
    "a case file that can be read": "能打开的案件文件", "a case that was reported": "已报告过的案件", "a choice": "选项", "a day": "日期", "a decimal": "小数",
    "a day of the year such as 12-15": "一年中的某日，如 12-15", "a day or moment that exists, such as 2024-05-06T21:00": "存在的日期或时刻，如 2024-05-06T21:00",
    "a day such as 2024-05-06": "日期，如 2024-05-06", "a day that exists, such as 2024-05-06": "存在的日期，如 2024-05-06", "a decimal number such as 1.5": "小数，如 1.5",
    "a day either off or worked, not both": "某日或休或上班，不能两者都是", "a Saturday or Sunday among the days worked": "调休上班日应是星期六或星期日",
    "a different id for a different event": "不同的事件用不同的编号", "a directory": "目录", "a directory with policies/ and facts/": "含有 policies/ 和 facts/ 的目录",
    "a duration": "时长", "a field inside has(), as in has(event.x)": "已知() 里写一个事实，如 已知(事件.x)",
    "a field of event, subject, unit or case": "事件、当事人、单位或案件的事实", "a file that can be read": "能打开的文件", "a key in quotation marks": "加引号的键",
    "a length such as 72h, 1h30m or 3d": "时长，如 72h、1h30m 或 3d", "a length that can be reckoned with": "可以计算的时长", "a list": "列表",
    "a list of different things": "类型不一的列表", "a list of events": "事件的列表", "a list or a text": "列表或文字", "a list or mapping": "列表，或键和值",
    "a mapping": "键和值", "a merge": "合并键 <<", "a moment": "时刻",
    "a moment with a zone, such as 2024-05-06T08:00:00+08:00": "带时区的时刻，如 2024-05-06T08:00:00+08:00", "a name that remit does not use itself": "remit 没有占用的名称",
    "a new name, one the vocabulary does not use": "词汇里没有的新名称", "a number of at most 64 bits": "不超过64位的整数", "a number or a duration": "数或时长",
    "a place": "地点", "a place of the pack": "规则包里的地点", "a place or unit of the pack": "规则包里的地点或单位", "a plain key": "普通的键",
    "a regular expression": "正则表达式", "a rule": "规则", "a rule or event that uses it": "有规则或事件用到它",
    "a rule that quotes it, or one that declares it non_normative": "有规则引用它，或声明它非规范", "two duties of a case: each with `on`, or set off by a `then`": "个案中的两项义务：各自写有 `触发`，或由 `后果` 引起", "`with` alone: the act it accompanies says when": "只写 `随同`：期限由所随同的行为决定",
    "`role`, `via` and `of` alone: the relation says where": "只写 `角色`、`沿` 和 `所属`：地点由关系决定",
    "a rule without on, every, always, as `then` sets it off": "不写触发、每、常设：它由 `后果` 引起",
    "a second document": "第二份文档", "a selector that some unit fits": "有单位符合的选择式", "a text": "文字", "a text closed by a quotation mark": "以引号结束的文字",
    "a text in JSON": "JSON 的文字", "a text nobody declared": "词汇以外的文字", "a text of one line": "单行文字", "a text without control characters": "不含控制字符的文字",
    "a text, or {zh: …, en: …}": "文字，或 {zh: …, en: …}", "a time zone such as Asia/Shanghai": "时区，如 Asia/Shanghai", "a type, or a list of one type": "一个类型，或一个类型的列表",
    "a unit": "单位", "a unit of facts/units.yaml": "facts/units.yaml 里的单位", "a unit of the pack": "规则包里的单位", "a value": "值",
    "a value after the key": "键后有值", "a value, a name or `(`": "值、名称或 `(`", "a whole number": "整数", "a word or a sign of the condition language": "条件语言的词或符号",
    "always: true": "常设: 是", "an alias": "别名引用", "an anchor or alias": "锚点或别名引用", "an attribute declared `of: subject`": "声明为 `归属: 人` 的事实", "an attribute declared `of: case`": "声明为 `归属: 案件` 的事实",
    "an edge of facts/units.yaml": "facts/units.yaml 里的关系", "an empty directory": "空目录", "an empty file": "空文件", "an empty list": "空列表",
    "an event: id, type, at, …": "事件：编号、类型、发生时间……", "an id, a text": "编号，文字", "an operator, `)` or the end": "运算符、`)` 或结尾",
    "another member after the comma": "逗号之后还有一项", "at least one policies/ID/policy.yaml": "至少一个 policies/编号/policy.yaml", "brackets within brackets": "层层括号",
    "case.events": "案件.事件", "durable-rules with its compiled core": "带有编译核心的 durable-rules", "each key once": "每个键只写一次", "each rule id once": "每个规则编号只用一次",
    "each unit once": "每个单位只列一次", "event, subject, unit or case, and a field of it": "事件、当事人、单位或案件，及其事实",
    "limits without a window, where there are several": "多项期限时均不含窗口", "an attribute of kind unit": "单位类的事实", "event.place, bearer.place or an attribute of kind place": "事件.地点、责任单位.地点，或地点类的事实", "every sentence of the source in a block quote": "原文每一句都在引用块里",
    "exactly one of must, must_not, may, counts_as, non_normative": "必须、不得、可以、视为、非规范 之中恰好一个", "names and what they mean": "名称及其含义",
    "no `event`: nothing that happens sets this rule off": "不写 `事件`：这条规则不由事件触发", "no fault of ours": "程序没有错误", "none": "一个也没有", "not a mapping": "不是键和值",
    "numbers, or times and durations": "数，或时间与时长", "on, every or always, or another rule's `then`": "触发、每、常设之一，或另一规则的 `后果`",
    "one name for the case": "一个案件名称", "one of on, every, always": "触发、每、常设之一", "one of them": "只写其中一个",
    "one of unit, role, each, office_of, people": "单位、角色、各、办公室、人员之一", "a unit: people stand in `to` and `with` only": "单位；人员只能写在 `to` 和 `with` 之下", "a unit in `to`, whose receipt completes it: people sign no receipt": "`to` 之下有单位，以其签收为完成；人员不签收", "one of hours, days, working_days, months, date, reading": "小时、日、工作日、月、日期、解释之一",
    "one of merge, rename, abolish": "合并、更名、撤销之一", "one value": "一个值", "one value or a list": "一个值或列表", "opens not after due, due not after latest": "开始不晚于办理，办理不晚于最迟",
    "plain YAML without anchors, merges or tags": "不带锚点、合并和标签的 YAML", "something true or false": "是非判断", "text in UTF-8": "UTF-8 编码的文字", "the end": "结尾",
    "the fallback desk, a unit": "兜底单位", "the file that names the pack": "说明规则包的文件", "the id of a rule": "规则编号", "the id of an event that was submitted": "已报告事件的编号",
    "the id of an obligation that exists at this moment": "此时存在的义务编号",
    "the id of an obligation that exists at this moment, or of the rule that raised it": "此时存在的义务编号，或产生它的规则编号",
    "the key `bearer`: who answers for it": "键 `责任单位`：由谁负责", "the verbatim text of the policy": "政策原文", "true or false (是 or 否)": "是 或 否",
    "values of one type": "同一类型的值", "values that have an order": "可以比较大小的值", "whole numbers": "整数",
    "save the file as UTF-8": "请把文件存为 UTF-8 编码", "to change what was reported, submit a correction or a retraction": "要改动已报告的内容，请提交更正或撤回",
    "set REMIT_DEBUG=1 to see where, and report it": "设 REMIT_DEBUG=1 可看到位置，请报告给我们",
    "install a C compiler and reinstall durable-rules; on Python 3.13 build it with CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject":
        "安装 C 编译器后重装 durable-rules；Python 3.13 须带 CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject 编译",
    "a ledger": "台账", "a place without a ledger": "还没有台账的地方", "a new ledger": "新的台账", "a new file": "新文件", "a sound database": "完好的数据库",
    "a ledger that nobody altered": "未被改动的台账", "an SQLite ledger": "SQLite 台账", "make one with `remit init`": "用 `remit init` 新建",
    "the file with the ledger's key": "台账密钥文件", "room and permission to write": "空间和写入权限", "nothing was replaced": "没有替换任何内容",
    "`remit ledger verify` names everything that was altered": "`remit ledger verify` 会指出每一处改动", "--force writes over it": "--force 可覆盖",
    "--force puts the backup in its place": "--force 以备份取代", "an export is taken into a ledger of its own": "导出文件须导入另建的台账",
    "a server's ledger is saved with `remit ledger export` and brought back with `remit ledger import`":
        "服务器上的台账用 `remit ledger export` 保存，用 `remit ledger import` 恢复",
    "the ledger's clock would stand there for good; if that is meant, say --future": "台账时钟将停在那一刻，不能倒回；确实如此请加 --future",
    "nothing was taken in; the export was altered or cut short": "没有导入任何内容；导出文件被改动或不完整",
    "a consumer only goes forward, and never beyond what there is": "消费者只能向前，且不超过已有编号", "a file that `remit ledger backup` wrote": "`remit ledger backup` 写成的文件",
    "the id of an obligation, or of a rule": "义务或规则的编号", "a case that an event names": "有事件提到的案件",
    "a case, or a person of one, that is not erased yet": "尚未删除的案件或当事人", "an event that was not erased": "未被删除的事件",
    "its entry still stands in the chain, and its content is gone": "记录仍在链上，内容已删除",
    "nothing after the checkpoint": "检查点之后没有内容", "the signed checkpoint: the export was cut short": "签名的检查点：导出文件不完整",
    "the content to which the entry was committed": "与承诺值相符的内容", "one JSON object as `remit ledger export` writes it": "`remit ledger export` 写成的 JSON 对象",
    "the entry that the chain goes on with: it was altered, or one is missing": "与链条相接的记录：它被改动，或缺了一条",
    "a feature with scenarios": "有场景的功能", "at least one scenario": "至少一个场景", "at least one features/NAME.feature": "至少一个 features/名称.feature",
    "a scenario with steps, each begun by a keyword": "场景里有步骤，每步以关键词（假如、当、那么……）开头",
    "examples with a row beneath their heading": "表头之下有例子", "a language of Gherkin, such as `# language: zh-CN` or `# language: en`": "Gherkin 支持的语言，如 `# language: zh-CN`",
    "as many cells as in the first row of the table": "与表格第一行相同的格数", "the end of the file": "文件结尾",
    "a step of docs/steps.md": "docs/steps.md 所列的步骤", "a table beneath the step": "步骤之下有表格", "no table beneath this step": "这一步之下没有表格",
    "the name of a scenario or a part of it, or FILE:LINE": "场景名称或其一部分，或 文件:行号", "a tag of a scenario": "场景上的标签",
    "a new directory, or a site that `remit site` made": "新目录，或 `remit site` 生成的网站", "other files": "其他文件", "a file": "文件",
    "--force writes into it": "--force 可写入其中", "the object that `remit test --json` prints": "`remit test --json` 打印的对象",
    "scenarios in Gherkin": "Gherkin 格式的场景", "bytes that are not UTF-8": "不是 UTF-8 的字节", '`pip install "remit[workbench]"`': '`pip install "remit[workbench]"`',
    "a successor that stays": "不随之撤销的承继者",
    "units and their successor: A,B:NEW": "单位及其承继者：甲,乙:新单位", "a unit and its new name: A:NEW": "单位及新名称：甲:新名称",
    "a unit, with or without a successor: A or A:B": "单位，可带承继者：甲 或 甲:乙", "each unit in one act only": "每个单位只出现在一项调整里",
    "an id without blanks, or id=name": "不含空格的编号，或 编号=名称", "an article with a norm in force": "有现行规则的条款",
    "a document that some policy `implements`": "有政策声明 `落实` 的文件",
    "a document, rule or duty that `implements` of the policy declares": "该政策 `落实` 中声明的文件、规则或义务",
    "the id of another policy of the pack": "规则包里另一政策的编号", "the id of a recurring rule": "周期性规则的编号",
    "a field that this document has": "本文书有的字段", "a row of a table around a field of a list": "列表字段须在表格的行内",
    "`remit export --fields` lists them": "`remit export --fields` 列出全部字段", "a Jinja template": "Jinja 模板", "a Word file (.docx)": "Word 文件（.docx）",
    "an Excel file (.xlsx)": "Excel 文件（.xlsx）", "bytes that are no text": "不是文字的字节", "a place that can be written": "可以写入的位置",
    "a library that is installed": "已安装的程序库", 'pip install "remit[workbench]"': '请运行 pip install "remit[workbench]"',
    "Not a directory": "不是目录", "Read-only file system": "文件系统只读", "No space left on device": "磁盘已满", "File name too long": "文件名过长",
    "a colon within a value": "值里的冒号", "quotation marks around a text that holds `: `; or the key further in or out": "含有 `: ` 的文字加引号；或者把键缩进到正确的位置",
    "a colon and a blank after the key": "键后面的冒号和空格", "a key, as far in as the keys above it; or the end of the value": "与上方的键缩进相同的键，或者值到此为止",
    "`- `, as far in as those above it": "与上方缩进相同的 `- `", "`- ` after a key": "键后面的 `- `", "each `- ` on a line of its own": "每个 `- ` 另起一行",
    "quotation marks around a text that begins with a sign": "以符号开头的文字加引号", "an escape such as \\n; or single quotation marks": "\\n 之类的转义，或者改用单引号",
    "a tab": "制表符", "blanks: YAML is not indented by tabs": "空格：YAML 不能用制表符缩进", "the text on the lines below": "文字写在下面几行",
    "text in GBK": "GBK 编码的文字", "text in UTF-16": "UTF-16 编码的文字", "no text, but a binary file": "二进制文件，不是文字",
    "nothing after the last sentence of the source": "原文到此为止", "nothing": "空白", "a limit": "期限", "a relation: part_of, reports_to, guided_by, member_of, office_of, located_in": "关系：隶属、报告、业务指导、成员、办公室、设在", "a directory that is not empty": "非空目录", "another file of this name": "同名文件", "a place where nothing is yet": "还没有内容的地方",
    "a new or empty directory": "新目录或空目录", "plain YAML: values, lists, mappings and comments": "只有值、列表、键值和注释的 YAML",
    "a form that would not keep its meaning": "改变了含义的写法", "the same rules and comments afterwards": "规则和注释不变",
    "our own fault; the file is left as it is, please report it": "程序有错误，文件未动，请报告给我们", "a pack, or a .yaml or .md file of one": "规则包，或其中的 .yaml、.md 文件",
    "a directory without files of a pack": "没有规则包文件的目录", "a file that can be written": "能写入的文件",
    "the language server's library": "语言服务所用的库", "one of the steps of docs/steps.md": "docs/steps.md 所列的步骤",
    "a name that the pack declares": "规则包自己声明的名称", "a pack each line of which can be read": "每一行都能读出的规则包", "a name written in one piece": "写成一整段的名称",
    "a word of letters, digits and `_`": "由文字、数字和 `_` 组成的词", "a name of letters, digits, `.`, `-` and `_`": "由文字、数字、`.`、`-` 和 `_` 组成的名称",
    "a name without quotation marks and brackets": "不带引号和括号的名称", "a name with which the pack loads as before": "改后规则包照常载入的名称",
    "a directory that is neither a pack nor in one": "既不是规则包、也不在规则包里的目录",
    "a scenario whose steps hold; `remit test` says why one does not": "各步都成立的场景；`remit test` 会说明哪一步不成立",
    "a scenario that is no outline: what follows from one example is not true of the next": "不是大纲的场景：一个例子的结果，不是下一个例子的结果",
    "a scenario without lines that were suggested before; --force writes over them": "没有以前的建议的场景；--force 可覆盖",
    "the id of a rule or a reading": "规则或解释的编号", "an installed Jinja2": "已安装的 Jinja2", "an installed watchfiles": "已安装的 watchfiles",
    "a file of events: JSON Lines, a case file, Parquet or Arrow": "事件文件：JSON Lines、案件文件、Parquet 或 Arrow", "name the files in it one by one": "请逐一指明其中的文件",
    "a file of events that can be read": "能打开的事件文件", "a whole Parquet or Arrow file": "完整的 Parquet 或 Arrow 文件",
    "a replay of the same files, pack and moment": "对同样的文件、规则包和时刻的重放", "a place that is free": "尚无内容的位置",
    "name another place, or say --force": "请换一个位置，或加 --force", "a process that died": "中途退出的进程",
    "as many processes as memory allows": "内存容得下的进程数",
    "run the same command again: it goes on where it was; with fewer --jobs it needs less memory": "再次运行同一命令即从中断处继续；减少 --jobs 可少用内存",
    "a line of one event": "一行一个事件",
    "No such file or directory": "没有这个文件或目录", "Is a directory": "这是目录", "Permission denied": "没有权限",
}  # fmt: skip
#: Phrases that hold something of the case; what is in brackets is spoken in turn.
PATTERNS: tuple[tuple[str, str], ...] = (
    (r"`(.*)` as in line (\d+) of the source", "`{0}`，如原文第 {1} 行"),
    (r"the next sentence of the source: `(.*)`", "原文的下一句：`{0}`"),
    (r"a new id, or the same content as before \(differs in (.*)\)", "新的编号，或与以前相同的内容（不同之处：{0}）"),
    (r"a moment before (\S+)", "{0} 之前的时刻"),
    (r"an export of the pack `(.*)`", "规则包 `{0}` 的导出文件"),
    (r"the ledger of the pack `(.*)`", "规则包 `{0}` 的台账"),
    (r"the pack `(.*)`", "规则包 `{0}`"),
    (r"a number of at least (\S+)", "不小于 {0} 的数"),
    (r"a number of at most (\d+)", "不大于 {0} 的数"),
    (r"a number from (\S+) to (\S+)", "{0} 至 {1} 之间的数"),
    (r"a value of `(.*)`", "`{0}` 的一个值"),
    (r"a day of (\d+)", "{0} 年的日期"),
    (r"a change that no scenario notices; strike it out of (\S+)", "没有场景察觉的改动；请从 {0} 划去"),
    (r"another name than that of line (\d+)", "与第 {0} 行不同的名称"),
    (r"a column of the examples: there are none", "例子里的列（没有例子）"),
    (r"a column of the examples: (.*)", "例子里的列：{0}"),
    (r"it is read as a step of `(.*)`, and stands under `(.*)`", "这是“{0}”的步骤，却写在“{1}”之下"),
    (r"given", "假如"),
    (r"when", "当"),
    (r"then", "那么"),
    (
        r"`(.*):` before anything else, and `# language: zh-CN` above it where the keywords are Chinese",
        "首先是 `{0}:`；关键词用中文时，第一行写 `# language: zh-CN`",
    ),
    (r"a step \((.*) …\), a table, or the next (.*)", "步骤（{0} ……）、表格，或下一个{1}"),
    (r"exact words of the text above", "上方原文的原话"),
    (r"exact words of (.*)", "{0}的原话"),
    (r"the name of one (.*) or (.*)", "{0}或{1}的名称"),
    (r"the name of one (.*)", "{0}的名称"),
    (r"an? (.*) of (facts/\S+)", "{1} 里的{0}"),
    (r"JSON: (.*)", "JSON：{0}"),
    (r"a unit that exists on (\S+)", "{0} 存在的单位"),
    (r"one of (.*), for `(.*)`", "`{1}` 可用的形式：{0}"),
    (r"a template for `(.*)`", "`{0}` 形式的模板"),
    (r"a closing (.*)", "收尾的 {0}"),
    (r"a moment with a zone, not before (.*)", "带时区的时刻，不早于 {0}"),
    (r"an attribute of (.*), or `(.*)`: it is a fact about the person", "{0} 的事实，或 `{1}`：它是关于当事人的事实"),
    (r"an attribute of (.*), or `(.*)`: it is a fact about the case", "{0} 的事实，或 `{1}`：它是关于案件的事实"),
    (
        r"an attribute of (.*); what the report should have said stands under `event:`",
        "{0} 的事实；更正后的报告写在 `更正为:` 之下",
    ),
    (r"an attribute of (.*)", "{0} 的事实"),
    (r"at most (\d+)", "不超过 {0}"),
    (r"a name that no other (.*) has", "别的{0}没有用过的名称"),
    (r"each name of (\S+) once", "{0} 里每个名称只用一次"),
    (r"each (.*) once", "每个{0}只列一次"),
    (r"no circle of `(.*)`", "`{0}` 不成环"),
    (r"no unit or place above itself by `(.*)`", "单位或地点不能经 `{0}` 高于自己"),
    (r"the attribute `(.*)` \((.*)\)", "事实 `{0}`（{1}）"),
    (r"the id of one of the (\d+) obligations of this rule", "这条规则的 {0} 项义务之一的编号"),
    (r"the keys of an? (.*)", "{0}的键"),
    (r"keys and values, such as \{(\w+): …\}", "键和值，如 {{{0:keys}: …}}"),
    (r"a key of an? (.*): (.*)", "{0}的键：{1:keys}"),
    (r"an? (.*) without (\w+)", "没有写 {1:keys} 的{0}"),
    (r"the key `(.*)`", "键 {0:keys}"),
    (r"a type: (.*)", "类型：{0:words}"),
    (r"one of (.*)", "以下之一：{0:words}"),
    (r"a key of an? (.*)", "{0}的键"),
    (r"(.*), which nothing closes", "没有闭合的 {0}"),
    (r"a list of (.*)s", "{0}的列表"),
    (r"brackets (\d+) deep", "{0} 层括号"),
    (r"nesting of (\d+)", "{0} 层嵌套"),
    (r"byte (0x\S+)", "字节 {0}"),
    (r"the tag (.*)", "标签 {0}"),
    (r"(\d+) operators", "{0} 个运算符"),
    (r"(\d+) bytes", "{0} 字节"),
    (r"(\d+) characters", "{0} 个字符"),
    (r"(a .*) ([-+*/%]) (a .*)", "{0} {1} {2}"),
    (r"the rule raised nothing; `(.*)` says why", "这条规则没有产生义务；`{0}` 会说明原因"),
    (r"(`.*`) or (`.*`)", "{0} 或 {1}"),
)


def told(problem: RemitError, language: str) -> str:
    """The problem in one line, `zh` or `en`.

    >>> told(RemitError("RM401", "unknown-event-type", found="fund", expected="an event type of facts/events.yaml"), "zh")
    'RM401 未知的事件类型：实为“fund”，应为 facts/events.yaml 里的事件类型'
    """
    if language != "zh":
        return str(problem)
    parts = [f"实为“{found(shorten(problem.found))}”"] if problem.found else []
    parts += [f"应为 {spoken(problem.expected)}"] if problem.expected else []
    nearest = f"；最接近的是“{problem.suggestion}”" if problem.suggestion else ""
    return f"{place(problem)}{problem.code} {MEANINGS.get(problem.code, problem.slug)}：{'，'.join(parts)}{nearest}"


def place(problem: RemitError) -> str:
    """Where it stands; of what was written on the command line, nothing."""
    origin = problem.origin
    if origin.file:
        return f"{origin}: "
    if origin.event is None:
        return ""
    return f"事件 {origin.event}" + (f"（案件 {origin.case}）: " if origin.case is not None else ": ")


def found(phrase: str) -> str:
    """What stood there. A single word is what a user wrote, and stays as it is: `unit` may be a key that is wrong there."""
    return phrase if phrase in NOUNS else spoken(phrase)


def spoken(phrase: str) -> str:
    """A phrase of the engine's in Chinese; what a user wrote stays as it is."""
    for known in (PHRASES, NOUNS, ledger_messages.PHRASES, ledger_messages.NOUNS):
        if phrase in known:
            return known[phrase]
    for pattern, chinese in (*ledger_messages.PATTERNS, *PATTERNS):
        fits = re.fullmatch(pattern, phrase)
        if fits:
            return chinese.format(*map(Part, fits.groups()))
    return phrase


class Part(str):
    """What stands in a pattern: a phrase; with `:words` fixed words, and with `:keys` keys, told in both languages."""

    __slots__ = ()

    def __format__(self, kind: str) -> str:
        if not kind:
            return spoken(str(self))
        known = dialect.WORDS.items() if kind == "words" else KEYS
        return "、".join(in_both(word, known) for word in self.split(", "))


def in_both(word: str, known: Iterable[tuple[str, str]]) -> str:
    """A key or fixed word in Chinese, and as it is written in English.

    >>> in_both("quote", KEYS)
    '引文（quote）'
    """
    chinese = next((zh for zh, en in known if en == word), None)
    return f"{chinese}（{word}）" if chinese else word


KEYS = (*dialect.KEYS.items(), *((written, key) for (_, written), key in dialect.LOCAL.items()))
