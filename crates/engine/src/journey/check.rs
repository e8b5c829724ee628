//! What a graph may be: names that exist, every node reachable, no way round without a wait.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::MAX_NODES_PER_CALL;
use super::{END, Goal, Graph, Instead, Node, Reentry, Span, Step, Trigger, Wait};
use crate::problem::Problem;
use crate::rule::action_problems;
use crate::segment::{Condition, Use};
use crate::vocabulary::Vocabulary;
use crate::workspace::AttributeType;

/// Nodes of one journey.
pub const MAX_NODES: usize = 200;
/// Ways of one choice.
pub const MAX_CASES: usize = 20;
/// Longest wait, in days.
const MAX_WAIT_DAYS: i64 = 3_660;

/// What is wrong with a graph, node by node.
pub fn validate(graph: &Graph, words: &dyn Vocabulary) -> Vec<Problem> {
    let mut check = Check { graph, words, problems: Vec::new() };
    check.start();
    if graph.nodes.is_empty() {
        check.add("nodes", "empty", "ステップを1つ以上入れてください。");
    } else if graph.nodes.len() > MAX_NODES {
        check.add("nodes", "too_many", format!("ステップは{MAX_NODES}個までです。"));
        return check.problems;
    }
    check.ids();
    for (n, node) in graph.nodes.iter().enumerate() {
        let before = check.problems.len();
        check.step(node, &format!("nodes[{n}]"));
        for problem in &mut check.problems[before..] {
            problem.node = Some(node.id.clone());
        }
    }
    if check.problems.is_empty() {
        check.ways();
    }
    check.problems
}

struct Check<'a> {
    graph: &'a Graph,
    words: &'a dyn Vocabulary,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn add(&mut self, path: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.problems.push(Problem::new(path, code, message));
    }

    fn condition(&mut self, condition: &Condition, path: &str) {
        self.problems.extend(condition.problems(path, Use::Event, self.words));
    }

    fn start(&mut self) {
        self.trigger(&self.graph.trigger, "trigger");
        if let Some(only) = &self.graph.only {
            self.condition(only, "only");
        }
        match &self.graph.goal {
            Some(Goal::When(condition)) => self.condition(condition, "goal.when"),
            Some(Goal::On(Trigger::Hand {})) => self.add("goal.on", "never_happens", "手動はゴールにできません。"),
            Some(Goal::On(trigger)) => self.trigger(trigger, "goal.on"),
            None => {}
        }
        if let Reentry::Keyed(field) = &self.graph.reentry {
            if field.trim().is_empty() {
                self.add("reentry.keyed", "empty", "区別に使う項目名を入力してください。");
            } else if !matches!(self.graph.trigger, Trigger::Event { .. } | Trigger::Hand {}) {
                self.add("reentry.keyed", "no_event", "項目による区別は、イベントか手動で始まるシナリオでだけ使えます。");
            }
        }
    }

    fn trigger(&mut self, trigger: &Trigger, path: &str) {
        match trigger {
            Trigger::Tag { tag } if self.words.tag(*tag).is_none() => {
                self.add(format!("{path}.tag"), "unknown_tag", "このタグはありません。選び直してください。");
            }
            Trigger::Event { name, filter, same } => {
                if name.trim().is_empty() || name.chars().count() > 100 {
                    self.add(format!("{path}.name"), "bad_name", "イベント名を1〜100文字で入力してください。");
                }
                if let Some(filter) = filter {
                    self.condition(filter, &format!("{path}.where"));
                }
                if same.as_ref().is_some_and(|field| field.trim().is_empty()) {
                    self.add(format!("{path}.same"), "empty", "項目名を入力してください。");
                }
            }
            Trigger::Message { words, .. } if words.len() > crate::rule::MAX_WORDS => {
                self.add(format!("{path}.words"), "too_many", format!("キーワードは{}個までです。", crate::rule::MAX_WORDS));
            }
            Trigger::Message { words, .. } if words.iter().any(|word| crate::text::fold(word).is_empty()) => {
                self.add(format!("{path}.words"), "empty", "目に見える文字を入力してください。");
            }
            Trigger::Postback { data, .. } if data.is_empty() => {
                self.add(format!("{path}.data"), "empty", "ボタンのデータを入力してください。")
            }
            _ => {}
        }
    }

    fn ids(&mut self) {
        let mut seen = BTreeSet::new();
        for (n, node) in self.graph.nodes.iter().enumerate() {
            let good = (1..=40).contains(&node.id.len())
                && node.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
                && node.id != END;
            if !good {
                self.add(format!("nodes[{n}].id"), "bad_id", "idは半角の英数字・_・-で40文字以内、「end」以外です。");
            } else if !seen.insert(&node.id) {
                self.add(format!("nodes[{n}].id"), "same_id", format!("id「{}」が2つあります。", node.id));
            }
        }
    }

    fn target(&mut self, target: Option<&str>, path: String) {
        if let Some(id) = target.filter(|id| *id != END && self.graph.node(id).is_none()) {
            self.add(path, "unknown_node", format!("ステップ「{id}」はありません。"));
        }
    }

    fn step(&mut self, node: &Node, path: &str) {
        self.target(node.next.as_deref(), format!("{path}.next"));
        match &node.step {
            Step::Message { template, .. } if !self.words.has_template(*template) => {
                self.add(format!("{path}.template"), "unknown_template", "このテンプレートはありません。選び直してください。");
            }
            Step::Actions { actions } => self.problems.extend(action_problems(actions, &format!("{path}.actions"), self.words)),
            Step::Wait { until } => self.wait(until, &format!("{path}.until")),
            Step::Branch { condition, yes, no } => {
                self.condition(condition, &format!("{path}.if"));
                self.target(yes.as_deref(), format!("{path}.yes"));
                self.target(no.as_deref(), format!("{path}.no"));
                if yes == no {
                    self.add(path, "same_ways", "分岐の行き先が同じです。yes か no の行き先を選んでください。");
                }
            }
            Step::Choose { cases } => {
                if cases.is_empty() {
                    self.add(format!("{path}.cases"), "empty", "分かれ道を1つ以上入れてください。");
                } else if cases.len() > MAX_CASES {
                    self.add(format!("{path}.cases"), "too_many", format!("分かれ道は{MAX_CASES}個までです。"));
                }
                for (n, case) in cases.iter().enumerate().take(MAX_CASES) {
                    self.condition(&case.condition, &format!("{path}.cases[{n}].if"));
                    self.target(Some(&case.next), format!("{path}.cases[{n}].next"));
                }
            }
            _ => {}
        }
    }

    fn wait(&mut self, wait: &Wait, path: &str) {
        match wait {
            Wait::After(span) => self.span(*span, &format!("{path}.after")),
            Wait::Weekday { days, .. } if days.is_empty() => {
                self.add(format!("{path}.weekday.days"), "empty", "曜日を1つ以上選んでください。")
            }
            Wait::Date(wait) => match self.words.attribute(&wait.attribute).map(|field| field.ty) {
                None => self.add(
                    format!("{path}.date.attribute"),
                    "unknown_attribute",
                    format!("友だち情報欄「{}」はありません。", wait.attribute),
                ),
                Some(AttributeType::Date | AttributeType::Datetime) if i64::from(wait.days).abs() > 366 => {
                    self.add(format!("{path}.date.days"), "out_of_range", "日数は前後366日までです。");
                }
                Some(AttributeType::Date | AttributeType::Datetime) => {}
                Some(_) => self.add(format!("{path}.date.attribute"), "wrong_type", "日付か日時の友だち情報欄を選んでください。"),
            },
            Wait::Event { event, timeout, on_timeout } => {
                if matches!(event, Trigger::Hand {}) {
                    self.add(format!("{path}.event.event"), "never_happens", "待つ出来事を選んでください。");
                }
                self.trigger(event, &format!("{path}.event.event"));
                match timeout {
                    Some(span) => self.span(*span, &format!("{path}.event.timeout")),
                    None if on_timeout.is_some() => {
                        self.add(format!("{path}.event.timeout"), "empty", "待つ長さを入力してください。");
                    }
                    None => {}
                }
                self.target(on_timeout.as_deref(), format!("{path}.event.on_timeout"));
            }
            _ => {}
        }
    }

    fn span(&mut self, span: Span, path: &str) {
        let days = i64::from(span.days) + i64::from(span.hours) / 24 + i64::from(span.minutes) / 1440;
        if span.is_empty() {
            self.add(path, "empty", "待つ長さを入力してください。");
        } else if days > MAX_WAIT_DAYS {
            self.add(path, "out_of_range", format!("待つ長さは{MAX_WAIT_DAYS}日までです。"));
        }
    }

    /// Reachability, and how far a walk runs without a wait.
    fn ways(&mut self) {
        let graph = self.graph;
        let mut reached = BTreeSet::new();
        let mut open: Vec<&Node> = graph.nodes.first().into_iter().collect();
        while let Some(node) = open.pop() {
            if reached.insert(node.id.as_str()) {
                open.extend(ways(graph, node, Ways::All));
            }
        }
        for (n, node) in graph.nodes.iter().enumerate().filter(|(_, node)| !reached.contains(node.id.as_str())) {
            let problem = Problem::new(format!("nodes[{n}]"), "unreachable", "このステップにはどこからも進めません。");
            self.problems.push(problem.at_node(&node.id));
        }
        let mut runs = BTreeMap::new();
        for (n, node) in graph.nodes.iter().enumerate() {
            let problem = match run(graph, node, &mut runs) {
                Run::Round => Problem::new(
                    format!("nodes[{n}]"),
                    "loop",
                    "待ち時間なしで同じステップに戻ります。待ち時間を入れてください。",
                ),
                Run::Long(len) if len > MAX_NODES_PER_CALL => Problem::new(
                    format!("nodes[{n}]"),
                    "too_long",
                    format!("待ち時間なしで続けられるステップは{MAX_NODES_PER_CALL}個までです。"),
                ),
                _ => continue,
            };
            self.problems.push(problem.at_node(&node.id));
            return;
        }
    }
}

/// Which ways out of a node are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ways {
    /// All.
    All,
    /// Those that can be taken at once.
    AtOnce,
}

fn ways<'a>(graph: &'a Graph, node: &'a Node, which: Ways) -> Vec<&'a Node> {
    let mut ways: Vec<Option<&Node>> = Vec::new();
    match &node.step {
        Step::Goal {} | Step::Exit {} => {}
        Step::Branch { yes, no, .. } => ways.extend([graph.way(node, yes.as_deref()), graph.way(node, no.as_deref())]),
        Step::Choose { cases } => {
            ways.extend(cases.iter().map(|case| graph.way(node, Some(&case.next))));
            ways.push(graph.after(node));
        }
        Step::Wait { until } => {
            let (past, missing) = match until {
                Wait::Date(wait) => (wait.if_past, wait.if_missing),
                Wait::Day { if_past, .. } => (*if_past, Instead::End),
                _ => (Instead::End, Instead::End),
            };
            if which == Ways::All || [past, missing].contains(&Instead::Go) {
                ways.push(graph.after(node));
            }
            if [past, missing].contains(&Instead::Skip) {
                ways.push(graph.wait_after(node));
            }
            if let (Ways::All, Wait::Event { on_timeout, .. }) = (which, until) {
                ways.push(graph.way(node, on_timeout.as_deref()));
            }
        }
        Step::Message { .. } | Step::Actions { .. } => ways.push(graph.after(node)),
    }
    ways.into_iter().flatten().collect()
}

/// How many nodes can be passed from here without a wait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    /// Being looked at: meeting it again means going round.
    Open,
    /// It goes round.
    Round,
    /// At most this many.
    Long(usize),
}

fn run<'a>(graph: &'a Graph, node: &'a Node, known: &mut BTreeMap<&'a str, Run>) -> Run {
    match known.get(node.id.as_str()) {
        Some(Run::Open) => return Run::Round,
        Some(run) => return *run,
        None => {}
    }
    known.insert(&node.id, Run::Open);
    let mut longest = 0;
    let mut result = None;
    for next in ways(graph, node, Ways::AtOnce) {
        match run(graph, next, known) {
            Run::Long(len) => longest = longest.max(len),
            _ => result = Some(Run::Round),
        }
    }
    let result = result.unwrap_or(Run::Long(longest + 1));
    known.insert(&node.id, result);
    result
}
