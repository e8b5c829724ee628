//! Reading a graph from JSON, with the path of every mistake.

use serde_json::Value;

use super::{Graph, Node};
use crate::problem::{Problem, read};
use crate::segment::{Condition, Use};
use crate::vocabulary::Vocabulary;

impl Graph {
    /// Reads, completes and validates a graph as a person or program wrote it. Nodes without an id get one.
    ///
    /// # Errors
    /// Everything there is to mend.
    pub fn read(value: &Value, words: &dyn Vocabulary) -> Result<Self, Vec<Problem>> {
        let mut problems = parts(value, words);
        if problems.is_empty() {
            match read::<Self>(value, "") {
                Ok(mut graph) => {
                    graph.settle();
                    problems = super::validate(&graph, words);
                    if problems.is_empty() {
                        return Ok(graph);
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
        Err(problems)
    }

    /// Gives an id to every node that has none: `n1`, `n2` … by its place, or the next that is free.
    pub fn settle(&mut self) {
        for at in 0..self.nodes.len() {
            if self.nodes[at].id.is_empty() {
                let free = (at + 1..).map(|n| format!("n{n}")).find(|id| self.node(id).is_none());
                self.nodes[at].id = free.unwrap_or_default();
            }
        }
    }
}

/// Mistakes of shape, part by part, so that each has its own path.
fn parts(value: &Value, words: &dyn Vocabulary) -> Vec<Problem> {
    let mut problems = Vec::new();
    let condition = |value: Option<&Value>, path: String, problems: &mut Vec<Problem>| {
        if let Some(Err(more)) = value.filter(|v| !v.is_null()).map(|v| Condition::read(v, &path, Use::Event, words)) {
            problems.extend(more);
        }
    };
    condition(value.get("only"), "only".to_owned(), &mut problems);
    condition(value.pointer("/goal/when"), "goal.when".to_owned(), &mut problems);
    condition(value.pointer("/trigger/where"), "trigger.where".to_owned(), &mut problems);
    if let Some(trigger) = value.get("trigger")
        && problems.is_empty()
        && let Err(problem) = read::<super::Trigger>(trigger, "trigger")
    {
        problems.push(problem);
    }
    for (n, node) in value.get("nodes").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let path = format!("nodes[{n}]");
        let before = problems.len();
        condition(node.get("if"), format!("{path}.if"), &mut problems);
        condition(node.pointer("/until/event/event/where"), format!("{path}.until.event.event.where"), &mut problems);
        for (c, case) in node.get("cases").and_then(Value::as_array).into_iter().flatten().enumerate() {
            condition(case.get("if"), format!("{path}.cases[{c}].if"), &mut problems);
        }
        if problems.len() == before
            && let Err(problem) = read::<Node>(node, &path)
        {
            problems.push(problem);
        }
        if let Some(id) = node.get("id").and_then(Value::as_str).filter(|id| !id.is_empty()) {
            problems[before..].iter_mut().for_each(|problem| problem.node = Some(id.to_owned()));
        }
    }
    problems
}
