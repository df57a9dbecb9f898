#include "models/kernels/scan.h"

#include <cmath>
#include <limits>

#include "models/kernels/element_loops.h"
#include "models/kernels/lines.h"

namespace argent::kernels {
namespace {

template <Domain kDomain, class Step>
void scan_by(Step step_by, double first, const Array& out, const Array& x, int axis, bool backward) {
  with_type_of<kDomain>(x.dtype(), [&]<class T>() {
    using Carry = Wide<Computed<T>>;
    const std::int64_t n = x.shape()[axis];
    for_each_line(x.shape(), axis, Lines<2>{x, out}, [&](const auto& data, const auto& step) {
      auto carry = static_cast<Carry>(first);
      for (std::int64_t k = 0; k < n; k++) {
        const std::int64_t i = backward ? n - 1 - k : k;
        carry = step_by(carry, static_cast<Carry>(load<T>(data[0] + i * step[0])));
        store<SumType<T>>(data[1] + i * step[1], carry);
      }
    });
  });
}

/// log(exp(a) + exp(b))
double log_of_sum(double a, double b) {
  const double top = a > b || a != a ? a : b;
  if (std::isinf(top)) return top;
  return top + std::log1p(std::exp(-std::abs(a - b)));
}

}  // namespace

void scan(Scan kind, const Array& out, const Array& x, int axis, bool backward) {
  switch (kind) {
    case Scan::kSum:
      return scan_by<Domain::kAny>([](auto carry, auto value) { return carry + value; }, 0, out, x, axis, backward);
    case Scan::kProduct:
      return scan_by<Domain::kAny>([](auto carry, auto value) { return carry * value; }, 1, out, x, axis, backward);
    case Scan::kLogSumExp:
      return scan_by<Domain::kFloating>(log_of_sum, -std::numeric_limits<double>::infinity(), out, x, axis, backward);
  }
}

void linear_scan(const Array& out, const Array& factors, const Array& added, int axis, bool backward) {
  with_type_of<Domain::kFloating>(out.dtype(), [&]<class T>() {
    const std::int64_t n = out.shape()[axis];
    for_each_line(out.shape(), axis, Lines<3>{factors, added, out}, [&](const auto& data, const auto& step) {
      double carry = 0;
      for (std::int64_t k = 0; k < n; k++) {
        const std::int64_t i = backward ? n - 1 - k : k;
        const double kept = k == 0 ? 0 : static_cast<double>(load<T>(data[0] + i * step[0])) * carry;
        carry = kept + static_cast<double>(load<T>(data[1] + i * step[1]));
        store<T>(data[2] + i * step[2], carry);
      }
    });
  });
}

void running_extreme(const Array& out, const Array& x, int axis, bool largest) {
  with_type(x.dtype(), [&]<class T>() {
    const std::int64_t n = x.shape()[axis];
    for_each_line(x.shape(), axis, Lines<2>{x, out}, [&](const auto& data, const auto& step) {
      Computed<T> best{};
      std::int64_t index = -1;
      for (std::int64_t i = 0; i < n; i++) {
        const Computed<T> value = load<T>(data[0] + i * step[0]);
        const bool better = largest ? value >= best : value <= best;
        if (index < 0 || value != value || better) best = value, index = i;
        *reinterpret_cast<std::int64_t*>(data[1] + i * step[1]) = index;
      }
    });
  });
}

}  // namespace argent::kernels
