// OpInfo's entries that make one number of many, and running sums.

#include <cmath>
#include <limits>

#include "models/tensor/ops/scan.h"
#include "tests/models/opinfo/entries.h"

namespace argent::tensor::opinfo {
namespace {

using Tensors = std::vector<Tensor>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();

/// Torch lets a single number have an axis.
Dims axes_of(A& a, int position = 1) {
  if (!a.has(position, "dim")) return {};
  const Dims axes = a.dims(position, "dim");
  return a.tensor().rank() == 0 ? Dims{} : axes;
}
Keep keep_of(A& a, int position = 2) { return a.flag(position, "keepdim", false) ? Keep::kYes : Keep::kNo; }
Tensor typed(A& a) { return a.tensor().to(a.dtype(-1, "dtype", a.tensor().dtype())); }

template <class F>
Entry reduction(std::string_view name, F f, Made made = Made::kOperation) {
  return {name,
          [f](A& a) {
            const Tensor result = f(typed(a), axes_of(a), keep_of(a));
            return result.to(a.dtype(-1, "dtype", result.dtype()));
          },
          made};
}

/// f(x, axis) of a tensor with axes; a single number is a row of one.
template <class F>
auto along(A& a, F&& f, int position = 1) {
  const int axis = static_cast<int>(a.integer(position, "dim", 0));
  const Tensor x = typed(a);
  return x.rank() == 0 ? f(x.view({1}), 0) : f(x, axis);
}

Tensors extreme(A& a, ValuesAndIndices (*with_index)(const Operand&, int, Keep), Tensor (*all)(const Operand&, const Dims&, Keep)) {
  if (!a.has(1, "dim")) return {all(a.tensor(), {}, Keep::kNo)};
  const Keep keep = keep_of(a);
  const ValuesAndIndices found = along(a, [&](const Tensor& x, int axis) { return with_index(x, axis, keep); });
  if (a.tensor().rank() == 0) return {found.values.reshape({}), found.indices.reshape({})};
  return {found.values, found.indices};
}

Tensor place(A& a, Tensor (*along_axis)(const Operand&, int, Keep), Tensor (*of_all)(const Operand&)) {
  const Keep keep = keep_of(a);
  if (!a.has(1, "dim") || a.tensor().rank() == 0) {
    a.has(1, "dim");
    return of_all(a.tensor());
  }
  return along_axis(a.tensor(), static_cast<int>(a.integer(1, "dim")), keep);
}

Tensors running(A& a, ValuesAndIndices (*f)(const Operand&, int)) {
  const ValuesAndIndices found = along(a, [&](const Tensor& x, int axis) { return f(x, axis); });
  return {found.values.view(a.tensor().shape()), found.indices.view(a.tensor().shape())};
}
Tensor scan(A& a, Tensor (*f)(const Operand&, int)) {
  return along(a, [&](const Tensor& x, int axis) { return f(x, axis); }).view(a.tensor().shape());
}

struct Spread {
  Dims axes;
  double correction = 1;
  Keep keep = Keep::kNo;
};
Spread spread_of(A& a) {
  Spread spread;
  int first = 1;
  if (a.count() > 1 && a.json(1).is_boolean()) {
    spread.correction = a.flag(1, "", true) ? 1 : 0;
    first = 2;
  } else {
    spread.axes = axes_of(a);
  }
  spread.correction = a.flag(first + 1, "unbiased", spread.correction == 1) ? 1 : 0;
  spread.correction = a.number(-1, "correction", spread.correction);
  spread.keep = keep_of(a, first + 2);
  return spread;
}

/// Torch's f64 takes powers to an order of f32.
double order_of(A& a, int position, const std::string& name) {
  const double p = a.number(position, name, 2);
  if (static_cast<double>(static_cast<float>(p)) != p && std::isfinite(p)) throw Unsupported("an order that torch rounds to f32");
  return p;
}

Tensor matrix_norm(const Tensor& x, const std::string& order, double p, Dims axes, Keep keep) {
  axes[0] = checked_axis(axes[0], x.rank());
  axes[1] = checked_axis(axes[1], x.rank());
  if (order == "fro") return norm(x, 2, axes, keep);
  if (!order.empty() || std::abs(p) == 2) throw Unsupported("a norm by singular values");
  const bool by_rows = std::abs(p) == kInfinity;
  const int summed = static_cast<int>(axes[by_rows ? 1 : 0]), rest = static_cast<int>(axes[by_rows ? 0 : 1]);
  const Tensor sums = sum(abs(x), {summed}, Keep::kYes);
  const Tensor result = p > 0 ? max(sums, {rest}, Keep::kYes) : min(sums, {rest}, Keep::kYes);
  if (keep == Keep::kYes) return result;
  const int first = std::max(summed, rest), second = std::min(summed, rest);
  return result.squeeze(first).squeeze(second);
}

Tensor norm_entry(A& a, double otherwise) {
  const Tensor x = typed(a);
  const Keep keep = keep_of(a, 3);
  Dims axes = axes_of(a, 2);
  const bool named = a.has(1, "ord") && a.json(1, "ord").is_string();
  const std::string order = named ? a.json(1, "ord").get<std::string>() : "";
  const double p = named ? 2 : a.number(1, "ord", otherwise);
  const bool given = a.has(1, "ord");
  if (named && axes.empty() && x.rank() == 2) axes = {0, 1};
  if (given && axes.empty() && x.rank() == 2) axes = {0, 1};
  if (given && axes.size() == 2) return matrix_norm(x, order, p, axes, keep);
  if (p < 0 && x.count() == 0) throw Unsupported("a negative norm of nothing");
  return norm(x, p, axes, keep);
}
Tensor vector_norm(A& a, int order_position, int axes_position, const std::string& order) {
  const Keep keep = keep_of(a, axes_position + 1);
  if (a.has(order_position, order) && a.json(order_position, order).is_string()) {
    const std::string name = a.json(order_position, order);
    if (name != "fro") throw Unsupported("a norm by singular values");
    return norm(typed(a), 2, axes_of(a, axes_position), keep);
  }
  return norm(typed(a), order_of(a, order_position, order), axes_of(a, axes_position), keep);
}

struct Masked {
  Tensor x, mask;
  Dims axes;
  Keep keep = Keep::kNo;

  Tensor filled(double value) const { return where(mask, x, full({}, value, x.dtype())); }
  Tensor count() const { return sum(mask, axes, keep).to(x.dtype()); }
};
Masked masked(A& a, int axes_position = 1) {
  Masked m{typed(a), {}, axes_of(a, axes_position), keep_of(a, axes_position + 1)};
  m.mask = a.has(-1, "mask") ? a.tensor(-1, "mask").expand(m.x.shape()) : full(m.x.shape(), 1, DType::kBool);
  return m;
}
Masked masked_floating(A& a) {
  Masked m = masked(a);
  if (m.x.dtype() == DType::kBool) throw Unsupported("a mean of bools, whose sum torch makes a bool");
  if (!is_floating(m.x.dtype())) m.x = m.x.to(DType::kF32);
  return m;
}
Tensor masked_extreme(A& a, double identity, Tensor (*f)(const Operand&, const Dims&, Keep)) {
  const Masked m = masked(a);
  if (!is_floating(m.x.dtype())) throw Unsupported("the largest integer");
  return f(m.filled(identity), m.axes, m.keep);
}
Tensor masked_variance(A& a) {
  const double correction = a.number(-1, "correction", a.flag(-1, "unbiased", true) ? 1 : 0);
  const Masked m = masked_floating(a);
  const Tensor mean = sum(m.filled(0), m.axes, Keep::kYes) / sum(m.mask, m.axes, Keep::kYes).to(m.x.dtype());
  const Tensor part = where(m.mask, m.x - mean, full({}, 0, m.x.dtype()));
  const Tensor count = m.count() - correction;
  return sum(square(part), m.axes, m.keep) / maximum(count, 0);
}

/// Areas of the trapezoids along an axis.
Tensor areas(A& a) {
  Tensor y = a.tensor();
  const int axis = checked_axis(a.integer(-1, "dim", -1), y.rank());
  if (!is_floating(y.dtype())) y = y.to(DType::kF32);
  const auto after = [&](const Tensor& t, int along) { return t.slice(along, 1, kEnd); };
  const auto before = [&](const Tensor& t, int along) { return t.slice(along, 0, std::max<std::int64_t>(0, t.size(along) - 1)); };
  const Tensor sums = after(y, axis) + before(y, axis);
  if (!a.has(1, "x")) return sums * (0.5 * a.number(-1, "dx", 1));
  Tensor x = a.tensor(1, "x");
  if (x.rank() == 1 && y.rank() > 1) {
    Dims shape = Dims::filled(y.rank(), 1);
    shape[axis] = x.count();
    x = x.view(shape);
  }
  const int along = x.rank() - y.rank() + axis;
  return (after(x, along) - before(x, along)) * sums * 0.5;
}
int area_axis(A& a) { return static_cast<int>(a.integer(-1, "dim", -1)); }

std::vector<Entry> plain() {
  return {
      reduction("sum", sum),
      reduction("mean", mean),
      reduction("nansum", nansum),
      reduction("nanmean", nanmean, Made::kComposite),
      reduction("all", all),
      reduction("any", any),
      reduction("amax", max),
      reduction("amin", min),
      reduction("count_nonzero", count_nonzero),
      reduction("prod", prod),
      {"logsumexp",
       [](A& a) {
         const Tensor x = typed(a);
         return logsumexp(is_floating(x.dtype()) ? x : x.to(DType::kF32), axes_of(a), keep_of(a));
       },
       Made::kComposite},
      {"aminmax",
       [](A& a) {
         const Keep keep = keep_of(a);
         if (a.tensor().rank() == 0 && keep == Keep::kYes) throw Unsupported("a number that keeps an axis it has not");
         return Tensors{min(a.tensor(), axes_of(a), keep), max(a.tensor(), axes_of(a), keep)};
       }},
      {"argmax", [](A& a) { return place(a, argmax, argmax); }},
      {"argmin", [](A& a) { return place(a, argmin, argmin); }},
      {"max:reduction_no_dim", [](A& a) { return extreme(a, max_with_index, max); }},
      {"max:reduction_with_dim", [](A& a) { return extreme(a, max_with_index, max); }},
      {"min:reduction_no_dim", [](A& a) { return extreme(a, min_with_index, min); }},
      {"min:reduction_with_dim", [](A& a) { return extreme(a, min_with_index, min); }},
      {"cumsum", [](A& a) { return scan(a, [](const Operand& x, int axis) { return cumsum(x, axis); }); }},
      {"cumprod", [](A& a) { return scan(a, [](const Operand& x, int axis) { return cumprod(x, axis); }); }},
      {"logcumsumexp", [](A& a) { return scan(a, logcumsumexp); }, Made::kComposite},
      {"cummax", [](A& a) { return running(a, cummax); }},
      {"cummin", [](A& a) { return running(a, cummin); }},
  };
}

std::vector<Entry> moments() {
  const auto variance_of = [](A& a) {
    const Spread s = spread_of(a);
    return variance(a.tensor(), s.axes, s.correction, s.keep);
  };
  const auto deviation_of = [](A& a) {
    const Spread s = spread_of(a);
    return standard_deviation(a.tensor(), s.axes, s.correction, s.keep);
  };
  const auto mean_beside = [](A& a) {
    const Spread s = spread_of(a);
    return mean(a.tensor(), s.axes, s.keep);
  };
  return {
      {"var", variance_of, Made::kComposite},
      {"std", deviation_of, Made::kComposite},
      {"var_mean",
       [=](A& a) {
         return Tensors{variance_of(a), mean_beside(a)};
       },
       Made::kComposite},
      {"std_mean",
       [=](A& a) {
         return Tensors{deviation_of(a), mean_beside(a)};
       },
       Made::kComposite},
      {"norm", [](A& a) { return vector_norm(a, 1, 2, "p"); }, Made::kComposite},
      {"norm:fro", [](A& a) { return vector_norm(a, 1, 2, "p"); }, Made::kComposite},
      {"norm:inf", [](A& a) { return vector_norm(a, 1, 2, "p"); }, Made::kComposite},
      {"linalg.vector_norm", [](A& a) { return vector_norm(a, 1, 2, "ord"); }, Made::kComposite},
      {"linalg.norm", [](A& a) { return norm_entry(a, 2); }, Made::kComposite},
      {"linalg.matrix_norm",
       [](A& a) {
         const bool named = !a.has(1, "ord") || a.json(1, "ord").is_string();
         const Dims axes = a.has(2, "dim") ? a.dims(2, "dim") : Dims{-2, -1};
         return matrix_norm(a.tensor(), named ? a.text(1, "ord", "fro") : "", named ? 2 : a.number(1, "ord", 2), axes, keep_of(a, 3));
       },
       Made::kHere},
      {"dist", [](A& a) { return norm(a.tensor() - a.tensor(1, "other"), a.number(2, "p", 2)); }, Made::kHere},
      {"trapezoid", [](A& a) { return sum(areas(a), {area_axis(a)}); }, Made::kHere},
      {"trapz", [](A& a) { return sum(areas(a), {area_axis(a)}); }, Made::kHere},
      {"cumulative_trapezoid", [](A& a) { return cumsum(areas(a), area_axis(a)); }, Made::kHere},
      {"masked.sum",
       [](A& a) {
         const Masked m = masked(a);
         return sum(m.filled(0), m.axes, m.keep);
       }},
      {"masked.prod",
       [](A& a) {
         const Masked m = masked(a);
         return prod(m.filled(1), m.axes, m.keep);
       }},
      {"masked.mean",
       [](A& a) {
         const Masked m = masked_floating(a);
         return sum(m.filled(0), m.axes, m.keep) / m.count();
       },
       Made::kHere},
      {"masked.amax", [](A& a) { return masked_extreme(a, -kInfinity, max); }},
      {"masked.amin", [](A& a) { return masked_extreme(a, kInfinity, min); }},
      {"masked.logsumexp",
       [](A& a) {
         const Masked m = masked(a);
         if (!is_floating(m.x.dtype())) throw Unsupported("a logarithm of integers, as an integer");
         return logsumexp(m.filled(-kInfinity), m.axes, m.keep);
       },
       Made::kComposite},
      {"masked.norm",
       [](A& a) {
         const double p = a.number(1, "ord", 2);
         const Masked m = masked(a, 2);
         return norm(m.filled(p < 0 ? kInfinity : 0), p, m.axes, m.keep);
       },
       Made::kComposite},
      {"masked.var", masked_variance, Made::kHere},
      {"masked.std", [](A& a) { return sqrt(masked_variance(a)); }, Made::kHere},
  };
}

}  // namespace

std::vector<Entry> reduction_entries() {
  std::vector<Entry> entries = plain();
  for (Entry& entry : moments()) entries.push_back(entry);
  return entries;
}

}  // namespace argent::tensor::opinfo
