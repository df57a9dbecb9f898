#include "calibration/lint/lint_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace argent {

void LintReport::add(Finding::Severity severity, int line, std::string text) {
  has_error_ = has_error_ || severity == Finding::Severity::kError;
  if (findings_.size() >= TuningLint::kMostFindings) {
    more_++;
    return;
  }
  findings_.push_back({severity, line, std::move(text)});
}

std::vector<Finding> LintReport::take() {
  std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) { return a.line < b.line; });
  if (more_ > 0) findings_.push_back({Finding::Severity::kError, 0, std::to_string(more_) + " findings more are not shown"});
  return std::move(findings_);
}

std::string lint_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", value);
  return text;
}

double lint_value(const YamlNode* node, double otherwise) {
  if (node == nullptr || node->kind != YamlNode::Kind::kScalar || node->scalar.empty()) return otherwise;
  char* end = nullptr;
  const double value = std::strtod(node->scalar.c_str(), &end);
  return *end == '\0' && std::isfinite(value) ? value : otherwise;
}

std::vector<double> lint_numbers(const YamlNode* list) {
  std::vector<double> out;
  if (list == nullptr || list->kind != YamlNode::Kind::kList) return out;
  for (const YamlNode& item : list->items) {
    if (item.kind == YamlNode::Kind::kNull && &item == &list->items.back()) break;
    out.push_back(lint_value(&item, std::numeric_limits<double>::quiet_NaN()));
    if (std::isnan(out.back())) return {};
  }
  return out;
}

std::vector<const YamlNode*> lint_rows(const YamlNode* list) {
  std::vector<const YamlNode*> out;
  if (list == nullptr || list->kind != YamlNode::Kind::kList) return out;
  for (const YamlNode& item : list->items) {
    if (item.kind == YamlNode::Kind::kMap) out.push_back(&item);
  }
  return out;
}

}  // namespace argent
