// calibration/lint/table_checks.h - private: what is true of a camera's tables in any format.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calibration/lint/lint_report.h"

namespace argent {

/// A value of a list with the place that it has in the file.
struct TablePoint {
  int line = 0;
  double cct = 0;  ///< kelvin
  double red = 0, blue = 0;
};

/// Rising temperatures that a light can have.
void check_temperatures(std::span<const TablePoint> rows, const std::string& name, LintReport& report);

/// R/G and B/G of white: positive, red falling and blue rising with the temperature.
void check_whites(std::span<const TablePoint> curve, const std::string& name, LintReport& report);

/// Nine numbers from white-balanced camera color to sRGB: rows that sum to 1, regular, a diagonal that is positive.
void check_correction(const YamlNode* matrix, int line, const std::string& name, LintReport& report);

/// Temperatures of corrections far from the curve's.
void check_far_from(std::span<const TablePoint> rows, std::span<const TablePoint> curve, const std::string& name, LintReport& report);

/// A mode of white balance.
struct ModeRange {
  int line = 0;
  std::string name;
  double lo = 0, hi = 0;  ///< kelvin
};
void check_modes(std::span<const ModeRange> modes, std::span<const TablePoint> curve, LintReport& report);

/// A table of gains, `unit` of which is 1: positive, from `least` up, none beyond what a lens can need. One finding a table.
struct LensGains {
  const YamlNode* node = nullptr;
  int line = 0;
  std::string name;
  double unit = 1, least = 1;
};
void check_gains(const LensGains& table, LintReport& report);

}  // namespace argent
