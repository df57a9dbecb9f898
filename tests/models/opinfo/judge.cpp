#include "tests/models/opinfo/judge.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace argent::tensor::opinfo {
namespace {

std::string told(std::size_t index, double found, double truth, const std::string& more) {
  std::ostringstream out;
  out.precision(17);
  out << "element " << index << ": " << found << ", expected " << truth << more;
  return out.str();
}

/// Both NaN, or the same infinity.
bool alike(double a, double b) { return (std::isnan(a) && std::isnan(b)) || a == b; }

/// The place of a number of a 16-bit type among all of its type, counted from 0.
std::int64_t place(std::uint16_t bits) {
  const auto magnitude = static_cast<std::int64_t>(bits & 0x7fffU);
  return (bits & 0x8000U) != 0 ? -magnitude : magnitude;
}
std::int64_t place_in(double value, DType type) {
  Tensor rounded = from_values({value}, DType::kF64).to(type);
  return type == DType::kF16 ? place(rounded.data<Half>()->bits) : place(rounded.data<BFloat16>()->bits);
}
double rounded_to(double value, DType type) { return from_values({value}, DType::kF64).to(type).item(); }
/// The distance of neighbors at a magnitude.
double unit_of(double magnitude, DType type) {
  if (magnitude == 0) return 0;
  return std::ldexp(1.0, std::ilogb(magnitude) - (type == DType::kF16 ? 10 : 7));
}

}  // namespace

std::optional<Complaint> judge_f64(const std::vector<double>& found, const std::vector<double>& truth) {
  std::optional<Complaint> worst;
  double worst_ratio = 1;
  for (std::size_t i = 0; i < truth.size(); i++) {
    if (alike(found[i], truth[i])) continue;
    const bool finite = std::isfinite(found[i]) && std::isfinite(truth[i]);
    const double ratio =
        finite ? std::abs(found[i] - truth[i]) / (1e-10 * std::max(1.0, std::abs(truth[i]))) : std::numeric_limits<double>::infinity();
    if (ratio > worst_ratio) {
      worst_ratio = ratio;
      worst = Complaint{told(i, found[i], truth[i], "")};
    }
  }
  return worst;
}

std::optional<Complaint> judge_f32(const std::vector<double>& found, const std::vector<double>& truth, const std::vector<double>& own) {
  double largest = 0, own_error = 0;
  for (std::size_t i = 0; i < truth.size(); i++) {
    if (!std::isfinite(truth[i])) continue;
    largest = std::max(largest, std::abs(truth[i]));
    if (std::isfinite(own[i])) own_error = std::max(own_error, std::abs(own[i] - truth[i]));
  }
  const auto size = static_cast<float>(largest);
  const double unit = std::isfinite(size) ? static_cast<double>(std::nextafter(size, std::numeric_limits<float>::infinity())) - size
                                          : static_cast<double>(std::numeric_limits<float>::max()) * std::numeric_limits<float>::epsilon();
  const double allowed = 4 * own_error + 2 * (std::isfinite(unit) ? unit : 0);
  std::optional<Complaint> worst;
  double worst_error = allowed;
  for (std::size_t i = 0; i < truth.size(); i++) {
    if (alike(found[i], truth[i])) continue;
    if (!std::isfinite(own[i]) && alike(found[i], own[i])) continue;
    const bool finite = std::isfinite(found[i]) && std::isfinite(truth[i]);
    const double error = finite ? std::abs(found[i] - truth[i]) : std::numeric_limits<double>::infinity();
    if (error > worst_error) {
      worst_error = error;
      std::ostringstream more;
      more << ", torch " << own[i] << ", error " << error << ", allowed " << allowed;
      worst = Complaint{told(i, found[i], truth[i], more.str())};
    }
  }
  return worst;
}

std::optional<Complaint> judge_short(const std::vector<double>& found, const std::vector<double>& truth, DType type, int units) {
  std::optional<Complaint> worst;
  std::int64_t worst_distance = units;
  double largest = 0;
  for (double value : truth) largest = std::isfinite(value) ? std::max(largest, std::abs(value)) : largest;
  const double least = units == 1 ? 0 : units * unit_of(largest / 256, type);
  for (std::size_t i = 0; i < truth.size(); i++) {
    const double expected = rounded_to(truth[i], type);
    if (alike(found[i], expected) || std::abs(found[i] - expected) <= least) continue;
    const bool numbers = !std::isnan(found[i]) && !std::isnan(expected);
    const std::int64_t distance = numbers ? std::abs(place_in(found[i], type) - place_in(expected, type)) : 1 << 20;
    if (distance > worst_distance) {
      worst_distance = distance;
      worst = Complaint{told(i, found[i], truth[i], ", " + std::to_string(distance) + " units away")};
    }
  }
  return worst;
}

std::optional<Complaint> judge_exact(const std::vector<double>& found, const std::vector<double>& truth) {
  for (std::size_t i = 0; i < truth.size(); i++) {
    if (!alike(found[i], truth[i])) return Complaint{told(i, found[i], truth[i], ", exactly")};
  }
  return std::nullopt;
}

}  // namespace argent::tensor::opinfo
