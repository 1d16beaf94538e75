// What every editor says, in Chinese.
export default {
  Saved: '已保存',
  'Not saved yet': '尚未保存',
  Saving: '正在保存',
  'Not saved': '未保存',
  'Not saved: the connection is lost. It is tried again by itself, and this browser keeps your work.':
    '未保存：连接中断。系统会自动重试，您的工作保留在此浏览器中。',
  'Not saved: the connection is lost. It is tried again by itself; keep this window open.':
    '未保存：连接中断。系统会自动重试，请勿关闭此窗口。',
  'you are logged out, or the draft is gone. Load the page again: this browser keeps your work.':
    '您已退出登录，或草稿已不存在。请重新加载页面：此浏览器保留您的工作。',
  'Not saved: somebody else has changed this file': '未保存：他人已修改此文件',
  '{who} has saved this file before you': '{who}已先于您保存此文件',
  'Nothing of yours is lost: compare both, and choose part by part.': '您的内容没有丢失：请比较两个版本，逐项选择。',
  'Put both together': '比较并合并',
};
