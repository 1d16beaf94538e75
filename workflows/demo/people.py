"""The sample staff: one person for each role who is shown at the log-in, and colleagues so that work can be shared."""

from __future__ import annotations

from datetime import date

from ..staff.model import Person

# id, name, Chinese name, team, groups
_STAFF = (
    ("li.na", "Li Na", "李娜", "service-1", "csr"),
    ("zhou.min", "Zhou Min", "周敏", "complaints-1", "chs"),
    ("wang.lei", "Wang Lei", "王磊", "service-1", "csl"),
    ("liu.yang", "Liu Yang", "刘洋", "products", "pm"),
    ("chen.jie", "Chen Jie", "陈洁", "compliance", "co"),
    ("gao.peng", "Gao Peng", "高鹏", "operations", "ops"),
    ("sun.ke", "Sun Ke", "孙可", "processes", "process_owner"),
    ("he.jing", "He Jing", "何静", "audit", "auditor"),
    ("shen.hao", "Shen Hao", "沈浩", "management", "exec"),
    ("fang.yu", "Fang Yu", "方宇", "compliance", "aml"),
    ("wu.fan", "Wu Fan", "吴凡", "quality", "qa"),
    ("jiang.li", "Jiang Li", "蒋丽", "quality", "trn"),
    ("tan.xin", "Tan Xin", "谭欣", "compliance", "dpo"),
    ("lu.ming", "Lu Ming", "陆鸣", "management", "gm"),
    ("xia.tian", "Xia Tian", "夏添", "systems", "admin"),
    ("qian.wen", "Qian Wen", "钱雯", "processes", "process_owner"),
    ("xu.kai", "Xu Kai", "徐凯", "service-2", "csr"),
    ("deng.hui", "Deng Hui", "邓慧", "service-1", "csr"),
    ("zhao.yue", "Zhao Yue", "赵悦", "service-2", "csr"),
    ("ma.rui", "Ma Rui", "马睿", "service-2", "csr"),
    ("guo.tao", "Guo Tao", "郭涛", "service-2", "csl"),
    ("song.yan", "Song Yan", "宋岩", "complaints-2", "chs"),
    ("ding.yi", "Ding Yi", "丁一", "complaints-2", "chs"),
    ("cai.qing", "Cai Qing", "蔡青", "products", "pm"),
    ("ye.lin", "Ye Lin", "叶琳", "compliance", "co"),
    ("peng.jun", "Peng Jun", "彭军", "operations", "ops"),
)
SOLD_BY = frozenset({"csr", "csl", "pm"})  # who needs the fund practitioner qualification
ENGLISH = frozenset({"sun.ke", "he.jing"})

LOGINS = tuple(row[0] for row in _STAFF[:16])  # one for each role, and the second process owner who approves


def people(today: date) -> list[Person]:
    """All sample staff as of a day."""
    return [
        Person(
            id=identity,
            name=name,
            name_zh=name_zh,
            email=f"{identity}@fundcase.example",
            team=team,
            language="en" if identity in ENGLISH else "zh",
            groups=(group,),
            qualification=f"DEMO{number:08d}" if group in SOLD_BY else None,
            qualification_valid_to=date(today.year + 1, 12, 31) if group in SOLD_BY else None,
        )
        for number, (identity, name, name_zh, team, group) in enumerate(_STAFF, start=1)
    ]
