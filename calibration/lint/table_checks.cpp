#include "calibration/lint/table_checks.h"

#include <algorithm>
#include <cmath>

#include "isp/color.h"

namespace argent {
namespace {

constexpr double kCoolest = 1000, kHottest = 100'000;  // kelvin; what lies outside is a slip of units
constexpr double kRounded = 0.002, kTint = 0.1;        // of a row's sum: of published digits, and of what readers refuse
constexpr double kFar = 1500;                          // kelvin
constexpr double kMostGain = 16;

std::string kelvin(double cct) { return lint_number(std::round(cct)) + " K"; }

}  // namespace

void check_temperatures(std::span<const TablePoint> rows, const std::string& name, LintReport& report) {
  for (std::size_t i = 0; i < rows.size(); i++) {
    const double cct = rows[i].cct;
    if (!(cct >= kCoolest && cct <= kHottest)) {
      report.error(rows[i].line, name + " has a temperature of " + lint_number(cct) + ", expected 1000 to 100000 kelvin");
    }
    if (i == 0 || cct > rows[i - 1].cct) continue;
    report.error(rows[i].line, name + ": " + kelvin(cct) +
                                   (cct == rows[i - 1].cct ? " is there twice" : " comes after " + kelvin(rows[i - 1].cct)) +
                                   ", expected rising temperatures");
  }
}

void check_whites(std::span<const TablePoint> curve, const std::string& name, LintReport& report) {
  for (std::size_t i = 0; i < curve.size(); i++) {
    const TablePoint& point = curve[i];
    if (!(point.red > 0 && point.blue > 0)) {
      report.error(point.line, name + " at " + kelvin(point.cct) + " has R/G = " + lint_number(point.red) +
                                   " and B/G = " + lint_number(point.blue) + ", expected positive ones");
      continue;
    }
    if (i == 0 || !(curve[i - 1].cct < point.cct)) continue;
    const auto inverted = [&](const char* what, double before, double now, const char* way) {
      report.warning(point.line, name + ": " + what + " " + way + " from " + lint_number(before) + " at " + kelvin(curve[i - 1].cct) +
                                     " to " + lint_number(now) + " at " + kelvin(point.cct) + ", though the light becomes bluer");
    };
    if (point.red > curve[i - 1].red) inverted("R/G", curve[i - 1].red, point.red, "rises");
    if (point.blue < curve[i - 1].blue) inverted("B/G", curve[i - 1].blue, point.blue, "falls");
  }
}

void check_correction(const YamlNode* matrix, int line, const std::string& name, LintReport& report) {
  const std::vector<double> m = lint_numbers(matrix);
  if (m.empty()) return;
  if (m.size() != 9) {
    report.error(line, name + " has " + std::to_string(m.size()) + " numbers, expected 9");
    return;
  }
  Mat3 floats;
  std::copy(m.begin(), m.end(), floats.begin());
  if (!inverse(floats)) report.error(line, name + " is singular: colors fall together");
  constexpr const char* kRows[] = {"red", "green", "blue"};
  std::string sums;
  double off = 0;
  for (std::size_t row = 0; row < 3; row++) {
    const double sum = m[3 * row] + m[3 * row + 1] + m[3 * row + 2];
    off = std::max(off, std::abs(sum - 1));
    sums += (row == 0 ? "" : ", ") + lint_number(sum);
    if (!(m[4 * row] > 0)) {
      report.warning(
          line, name + ": " + kRows[row] + " of the sensor makes no " + kRows[row] + " (" + lint_number(m[4 * row]) + " on the diagonal)");
    }
  }
  if (off > kRounded) {
    report.add(off < kTint ? Finding::Severity::kWarning : Finding::Severity::kError, line,
               name + " has rows that sum to " + sums + ", expected 1: white is tinted");
  }
}

void check_far_from(std::span<const TablePoint> rows, std::span<const TablePoint> curve, const std::string& name, LintReport& report) {
  if (curve.size() < 2) return;
  for (const TablePoint& row : rows) {
    if (row.cct > curve.front().cct - kFar && row.cct < curve.back().cct + kFar) continue;
    report.warning(row.line, name + " of " + kelvin(row.cct) + " lies far outside of the cct curve, " + kelvin(curve.front().cct) + " to " +
                                 kelvin(curve.back().cct) + ": it is never used whole");
  }
}

void check_modes(std::span<const ModeRange> modes, std::span<const TablePoint> curve, LintReport& report) {
  for (const ModeRange& mode : modes) {
    if (!(mode.lo > 0 && mode.hi >= mode.lo)) {
      report.error(mode.line,
                   mode.name + " goes from " + lint_number(mode.lo) + " to " + lint_number(mode.hi) + ", expected rising kelvin");
    } else if (curve.size() >= 2 && (mode.hi < curve.front().cct || mode.lo > curve.back().cct)) {
      report.warning(mode.line, mode.name + ", " + kelvin(mode.lo) + " to " + kelvin(mode.hi) + ", lies outside of the cct curve, " +
                                    kelvin(curve.front().cct) + " to " + kelvin(curve.back().cct) + ": whites are extrapolated there");
    }
  }
}

void check_gains(const LensGains& table, LintReport& report) {
  const std::vector<double> gains = lint_numbers(table.node);
  if (gains.empty()) return;
  const auto [least, most] = std::minmax_element(gains.begin(), gains.end());
  const int line = table.node->items[static_cast<std::size_t>(least - gains.begin())].line;
  const double low = *least / table.unit, high = *most / table.unit;
  if (!(low > 0)) {
    report.error(line, table.name + " has a gain of " + lint_number(low) + ", expected positive ones");
  } else if (low < table.least) {
    report.warning(line, table.name + " has a gain of " + lint_number(low) + ", expected " + lint_number(table.least) +
                             " or more: that place is darkened");
  }
  if (high > kMostGain) {
    report.warning(table.node->items[static_cast<std::size_t>(most - gains.begin())].line,
                   table.name + " has a gain of " + lint_number(high) + ", more than any lens needs");
  }
}

}  // namespace argent
