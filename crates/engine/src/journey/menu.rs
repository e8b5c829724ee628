//! Which rich menus a walk puts up: at one step, and from where it waits up to where it waits again.

use std::collections::BTreeSet;

use super::{Graph, Node, Step};
use crate::action::Action;

/// A change of a contact's rich menu: LINE's id, or `None` for the account's own again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MenuSwitch(pub Option<String>);

impl Node {
    /// The menu that stands after this step when it changes menus: of several the last.
    pub fn menu(&self) -> Option<MenuSwitch> {
        let Step::Actions { actions } = &self.step else { return None };
        actions.iter().rev().find_map(|action| match action {
            Action::RichMenu { rich_menu_id } => Some(MenuSwitch(rich_menu_id.clone())),
            _ => None,
        })
    }
}

impl Graph {
    /// What may stand when the time of the node a walk waits on (`''`: its beginning) is up and it has gone on as far as it
    /// can: one entry per way that ends differently, `None` where no menu changes.
    pub fn menus_ahead(&self, waiting: &str) -> BTreeSet<Option<MenuSwitch>> {
        let first = if waiting.is_empty() { self.nodes.first() } else { self.node(waiting).and_then(|node| self.when_due(node)) };
        let (mut ends, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![(first, None)]);
        while let Some((node, menu)) = open.pop() {
            let Some(node) = node.filter(|node| !stays(node)) else {
                ends.insert(menu);
                continue;
            };
            let menu = node.menu().or(menu);
            if seen.insert((node.id.as_str(), menu.clone())) {
                open.extend(self.ways_on(node).into_iter().map(|next| (next, menu.clone())));
            }
        }
        ends
    }

    /// Every node a step that does not wait may lead to; `None` is the end.
    fn ways_on<'a>(&'a self, node: &'a Node) -> Vec<Option<&'a Node>> {
        match &node.step {
            Step::Branch { yes, no, .. } => vec![self.way(node, yes.as_deref()), self.way(node, no.as_deref())],
            Step::Choose { cases } => {
                let named = cases.iter().map(|case| self.way(node, Some(&case.next)));
                named.chain([self.after(node)]).collect()
            }
            _ => vec![self.after(node)],
        }
    }
}

const fn stays(node: &Node) -> bool {
    matches!(node.step, Step::Wait { .. } | Step::Goal {} | Step::Exit {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn graph(nodes: Value) -> Graph {
        serde_json::from_value(json!({"trigger": {"on": "hand"}, "nodes": nodes})).unwrap()
    }

    fn menu(id: &str, to: Value) -> Value {
        json!({"id": id, "do": "actions", "actions": [
            {"action": "rich_menu", "rich_menu_id": "richmenu-0"}, {"action": "notify", "text": "a"},
            {"action": "rich_menu", "rich_menu_id": to}]})
    }

    fn wait(id: &str) -> Value {
        json!({"id": id, "do": "wait", "until": {"after": {"days": 1}}})
    }

    fn ahead(nodes: Value, waiting: &str) -> Vec<Option<String>> {
        let name = |end: Option<MenuSwitch>| end.map(|MenuSwitch(to)| to.unwrap_or_else(|| "own".to_owned()));
        graph(nodes).menus_ahead(waiting).into_iter().map(name).collect()
    }

    fn named(names: &[Option<&str>]) -> Vec<Option<String>> {
        names.iter().map(|name| name.map(str::to_owned)).collect()
    }

    #[test]
    fn what_comes_before_the_next_wait_counts_and_of_several_the_last() {
        let nodes = json!([
            menu("a", json!("richmenu-a")),
            wait("w"),
            menu("b", json!("richmenu-b")),
            menu("c", json!(null)),
            wait("x"),
            menu("d", json!("richmenu-d"))
        ]);
        assert_eq!(ahead(nodes.clone(), ""), named(&[Some("richmenu-a")]));
        assert_eq!(ahead(nodes.clone(), "w"), named(&[Some("own")]));
        assert_eq!(ahead(nodes.clone(), "x"), named(&[Some("richmenu-d")]));
        assert_eq!(ahead(nodes, "gone"), named(&[None]));
    }

    #[test]
    fn every_way_of_a_question_is_gone() {
        let nodes = json!([wait("w"),
            {"id": "q", "do": "branch", "if": {"is": "all", "of": []}, "yes": "m", "no": "end"},
            menu("m", json!("richmenu-m"))]);
        assert_eq!(ahead(nodes, "w"), named(&[None, Some("richmenu-m")]));
        let both = json!([wait("w"),
            {"id": "q", "do": "choose", "cases": [{"if": {"is": "all", "of": []}, "next": "m"}], "next": "n"},
            {"id": "n", "do": "goal"}, menu("m", json!("richmenu-m"))]);
        assert_eq!(ahead(both, "w"), named(&[None, Some("richmenu-m")]));
    }

    #[test]
    fn time_that_runs_out_goes_its_own_way() {
        let nodes = json!([
            {"id": "w", "do": "wait", "until": {"event": {"event": {"on": "follow"}, "timeout": {"days": 1}, "on_timeout": "b"}}},
            menu("a", json!("richmenu-a")), {"id": "x", "do": "exit"}, menu("b", json!("richmenu-b"))]);
        assert_eq!(ahead(nodes, "w"), named(&[Some("richmenu-b")]));
    }

    #[test]
    fn a_circle_ends() {
        let nodes = json!([wait("w"), menu("a", json!("richmenu-a")), {"id": "q", "do": "branch", "if": {"is": "all", "of": []}, "yes": "a", "no": "w"}]);
        assert_eq!(ahead(nodes, "w"), named(&[Some("richmenu-a")]));
    }
}
