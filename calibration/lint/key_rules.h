// calibration/lint/key_rules.h - private: which keys a format has, and of what kind and range their values are.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "calibration/lint/lint_report.h"

namespace argent {

enum class RuleKind {
  kAny,
  kMap,
  kRows,  ///< a list of maps; rules of their keys follow without a sign of the list
  kNumber,
  kWhole,
  kFlag,  ///< 0, 1, true, false
  kText,
  kNumbers,      ///< a list
  kCurve,        ///< a list x, y, x, y ...; x rises; two points or more
  kRisingCurve,  ///< y, too, does not fall
};

struct KeyRule {
  std::string_view path;  ///< "priors/lux"; "*" is any key
  RuleKind kind = RuleKind::kAny;
  double min = -std::numeric_limits<double>::infinity(),
         max = std::numeric_limits<double>::infinity();  ///< of every number; of a curve: of y
};

/// Checks a map against rules: unknown keys (with the nearest known one, at `unknown`), kinds, ranges, curves. `name` is what the
/// map is called in findings. Keys named "comment" and those that begin with "//" or "_" are nobody's business.
void check_keys(const YamlNode& map, std::span<const KeyRule> rules, const std::string& name, Finding::Severity unknown,
                LintReport& report);

/// Keys that are given twice, anywhere in a tree.
void check_duplicates(const YamlNode& root, LintReport& report);

}  // namespace argent
