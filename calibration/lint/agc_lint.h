// calibration/lint/agc_lint.h - private: Raspberry Pi's exposure, of one channel or of several.
#pragma once

#include <cstddef>

#include "calibration/lint/lint_report.h"

namespace argent {

/// `line`: of the algorithm; `zones`: how many weights a metering mode has.
void check_agc(const YamlNode& agc, int line, std::size_t zones, LintReport& report);

}  // namespace argent
