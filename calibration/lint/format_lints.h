// calibration/lint/format_lints.h - private: one function for each kind of file.
#pragma once

#include <string_view>

#include "calibration/lint/lint_report.h"

namespace argent {

/// Each returns what kind of file it is, in words.
std::string lint_raspberry_pi(const YamlNode& root, LintReport& report);
std::string lint_libcamera(const YamlNode& root, LintReport& report);
std::string lint_profile(const YamlNode& root, LintReport& report);
std::string lint_dcp(std::string_view bytes, std::string_view source, LintReport& report);

}  // namespace argent
