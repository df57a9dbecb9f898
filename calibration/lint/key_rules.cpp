#include "calibration/lint/key_rules.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <vector>

#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

/// A rule and what of its path is still to be met.
struct Open {
  const KeyRule* rule;
  std::string_view rest;
};

std::string_view first_part(std::string_view path) { return path.substr(0, path.find('/')); }
std::string_view after_first(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
}

bool is_comment(std::string_view key) { return key == "comment" || key.starts_with("//") || key.starts_with("_"); }

class Walker {
 public:
  Walker(Finding::Severity unknown, LintReport& report) : unknown_(unknown), report_(report) {}

  void check_map(const YamlNode& map, const std::vector<Open>& rules, const std::string& name) {
    for (std::size_t i = 0; i < map.keys.size(); i++) {
      const std::string& key = map.keys[i];
      if (is_comment(key)) continue;
      const int line = i < map.key_lines.size() ? map.key_lines[i] : map.items[i].line;
      const KeyRule* own = nullptr;
      std::vector<Open> inner;
      for (const Open& open : rules) {
        if (first_part(open.rest) != key && first_part(open.rest) != "*") continue;
        const std::string_view rest = after_first(open.rest);
        if (!rest.empty()) {
          inner.push_back({open.rule, rest});
        } else if (own == nullptr || first_part(open.rest) == key) {
          own = open.rule;
        }
      }
      if (own == nullptr) {
        report_unknown(line, key, rules, name);
      } else {
        check_value(map.items[i], line, *own, inner, name + "." + shown(key));
      }
    }
  }

 private:
  void report_unknown(int line, const std::string& key, const std::vector<Open>& rules, const std::string& name) {
    std::vector<std::string_view> known;
    for (const Open& open : rules) {
      if (after_first(open.rest).empty()) known.push_back(first_part(open.rest));
    }
    const std::string_view meant = nearest(key, known);
    report_.add(
        unknown_, line,
        name + " has an unknown key " + shown(key) + (meant.empty() ? ", nobody reads it" : ", did you mean " + std::string(meant)));
  }

  void check_value(const YamlNode& node, int line, const KeyRule& rule, const std::vector<Open>& inner, const std::string& name) {
    switch (rule.kind) {
      case RuleKind::kAny:
        break;
      case RuleKind::kMap:
        if (node.kind == YamlNode::Kind::kMap) {
          check_map(node, inner, name);
        } else if (node.kind != YamlNode::Kind::kNull) {
          wrong(node, line, name, "a map");
        }
        break;
      case RuleKind::kRows:
        check_rows(node, line, inner, name);
        break;
      case RuleKind::kText:
        if (node.kind != YamlNode::Kind::kScalar) wrong(node, line, name, "a text");
        break;
      case RuleKind::kNumber:
      case RuleKind::kWhole:
      case RuleKind::kFlag:
        check_number(node, line, rule, name);
        break;
      case RuleKind::kNumbers:
        check_numbers(node, line, rule, name);
        break;
      case RuleKind::kCurve:
      case RuleKind::kRisingCurve:
        check_curve(node, line, rule, name);
        break;
    }
  }

  void wrong(const YamlNode& node, int line, const std::string& name, const char* expected) {
    report_.error(line, name + " is " + std::string(name_of(node.kind)) + ", expected " + expected);
  }

  void check_rows(const YamlNode& node, int line, const std::vector<Open>& inner, const std::string& name) {
    if (node.kind == YamlNode::Kind::kNull) return;
    if (node.kind != YamlNode::Kind::kList) return wrong(node, line, name, "a list");
    for (std::size_t i = 0; i < node.items.size(); i++) {
      const YamlNode& row = node.items[i];
      const std::string place = name + "[" + std::to_string(i) + "]";
      if (row.kind == YamlNode::Kind::kMap) {
        check_map(row, inner, place);
      } else if (row.kind != YamlNode::Kind::kNull || i + 1 < node.items.size()) {
        wrong(row, row.line, place, "a map");
      }
    }
  }

  /// nullopt after a finding.
  std::optional<double> check_number(const YamlNode& node, int line, const KeyRule& rule, const std::string& name) {
    const char* expected = rule.kind == RuleKind::kFlag ? "0 or 1" : rule.kind == RuleKind::kWhole ? "a whole number" : "a number";
    if (node.kind != YamlNode::Kind::kScalar) {
      wrong(node, line, name, expected);
      return std::nullopt;
    }
    const std::string& text = node.scalar;
    if (rule.kind == RuleKind::kFlag && (text == "true" || text == "false")) return text == "true" ? 1 : 0;
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !std::isfinite(value)) {
      const bool special = !text.empty() && (*end == '\0' || text.starts_with('.'));
      report_.error(line, name + " = " + (text.empty() ? "\"\"" : shown(text)) + ", expected " + (special ? "a finite number" : expected));
      return std::nullopt;
    }
    const bool is_whole = rule.kind == RuleKind::kNumber || rule.kind == RuleKind::kNumbers || value == std::floor(value);
    const double min = rule.kind == RuleKind::kFlag ? 0 : rule.min, max = rule.kind == RuleKind::kFlag ? 1 : rule.max;
    if (rule.kind == RuleKind::kWhole && !is_whole) {
      report_.error(line, name + " = " + shown(text) + ", expected a whole number: libcamera takes its default instead");
    } else if (!(value >= min && value <= max)) {
      report_.error(line, name + " = " + shown(text) + ", expected " + range_text(min, max));
    } else {
      return value;
    }
    return std::nullopt;
  }

  static std::string range_text(double min, double max) {
    if (std::isinf(max)) return lint_number(min) + " or more";
    if (std::isinf(min)) return lint_number(max) + " or less";
    return lint_number(min) + " to " + lint_number(max);
  }

  void check_numbers(const YamlNode& node, int line, const KeyRule& rule, const std::string& name) {
    if (node.kind != YamlNode::Kind::kList) return wrong(node, line, name, "a list of numbers");
    for (std::size_t i = 0; i < node.items.size(); i++) {
      const YamlNode& item = node.items[i];
      if (item.kind == YamlNode::Kind::kNull && i + 1 == node.items.size()) break;
      check_number(item, item.line, rule, name + "[" + std::to_string(i) + "]");
    }
  }

  void check_curve(const YamlNode& node, int line, const KeyRule& rule, const std::string& name) {
    check_numbers(node, line, {rule.path, RuleKind::kNumbers}, name);
    const std::vector<double> values = lint_numbers(&node);
    if (node.kind != YamlNode::Kind::kList || (values.empty() && !node.items.empty())) return;
    if (values.size() % 2 != 0 || values.size() < 4) {
      report_.error(line, name + " has " + std::to_string(values.size()) + " numbers, expected pairs x, y of two points or more");
      return;
    }
    for (std::size_t i = 0; i < values.size(); i += 2) {
      const int at = node.items[i].line;
      const std::string point = name + " at x = " + lint_number(values[i]);
      if (i > 0 && !(values[i] > values[i - 2])) {
        report_.error(at, point + " does not rise above the " + lint_number(values[i - 2]) + " before it");
      }
      if (!(values[i + 1] >= rule.min && values[i + 1] <= rule.max)) {
        report_.error(at, point + " is " + lint_number(values[i + 1]) + ", expected " + range_text(rule.min, rule.max));
      }
      if (i > 0 && rule.kind == RuleKind::kRisingCurve && values[i + 1] < values[i - 1]) {
        report_.error(at, point + " falls from " + lint_number(values[i - 1]) + " to " + lint_number(values[i + 1]) +
                              ": brighter would become darker");
      }
    }
  }

  Finding::Severity unknown_;
  LintReport& report_;
};

}  // namespace

void check_keys(const YamlNode& map, std::span<const KeyRule> rules, const std::string& name, Finding::Severity unknown,
                LintReport& report) {
  std::vector<Open> open;
  for (const KeyRule& rule : rules) open.push_back({&rule, rule.path});
  Walker(unknown, report).check_map(map, open, name);
}

void check_duplicates(const YamlNode& root, LintReport& report) {
  std::map<std::string_view, int> seen;
  for (std::size_t i = 0; i < root.keys.size(); i++) {
    const int line = i < root.key_lines.size() ? root.key_lines[i] : root.line;
    const auto [first, is_new] = seen.emplace(root.keys[i], line);
    if (!is_new) {
      report.error(line, "key " + shown(root.keys[i]) + " is given twice, first in line " + std::to_string(first->second) +
                             ": which one counts depends on who reads it");
    }
  }
  for (const YamlNode& item : root.items) check_duplicates(item, report);
}

}  // namespace argent
