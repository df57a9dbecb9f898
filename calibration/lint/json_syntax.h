// calibration/lint/json_syntax.h - private: what a lenient reader takes for JSON and a strict one does not.
#pragma once

#include <string_view>

#include "calibration/lint/lint_report.h"

namespace argent {

/// Trailing commas, each where it stands, and the first comment.
void check_json_syntax(std::string_view text, LintReport& report);

}  // namespace argent
