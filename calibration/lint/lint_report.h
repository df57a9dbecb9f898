// calibration/lint/lint_report.h - private: where the checks of a file put what they find.
#pragma once

#include <string>
#include <vector>

#include "calibration/lint/tuning_lint.h"
#include "isp/io/yaml_document.h"

namespace argent {

class LintReport {
 public:
  void error(int line, std::string text) { add(Finding::Severity::kError, line, std::move(text)); }
  void warning(int line, std::string text) { add(Finding::Severity::kWarning, line, std::move(text)); }
  void note(int line, std::string text) { add(Finding::Severity::kNote, line, std::move(text)); }
  void add(Finding::Severity severity, int line, std::string text);

  bool has_error() const { return has_error_; }

  /// By line.
  std::vector<Finding> take();

 private:
  std::vector<Finding> findings_;
  std::size_t more_ = 0;
  bool has_error_ = false;
};

/// "0.25", as a person writes it.
std::string lint_number(double value);

/// The numbers of a list, without what a trailing comma leaves; empty when it is no list, or one of them is no finite number: the rules
/// have said so.
std::vector<double> lint_numbers(const YamlNode* list);

/// A finite number, else `otherwise`.
double lint_value(const YamlNode* node, double otherwise);

/// Items of a list that are maps.
std::vector<const YamlNode*> lint_rows(const YamlNode* list);

}  // namespace argent
