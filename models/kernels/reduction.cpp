#include "models/kernels/reduction.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <vector>

#include "models/kernels/element_loops.h"
#include "models/kernels/kernels.h"

namespace argent::kernels {
namespace {

// ---- accumulators: of elements of type V, in which they are computed --------------------------------------------------------------------

template <class V>
struct Sum {
  template <class T>
  using Out = SumType<T>;
  Wide<V> total;
  static Sum neutral() { return {0}; }
  void add(V value, std::int64_t /*k*/) { total += static_cast<Wide<V>>(value); }
  void join(const Sum& other) { total += other.total; }
  Wide<V> result(std::int64_t /*n*/) const { return total; }
};
template <class V>
struct Mean : Sum<V> {
  static Mean neutral() { return {}; }
  double result(std::int64_t n) const { return static_cast<double>(this->total) / static_cast<double>(n); }
};
template <class V>
struct Product {
  template <class T>
  using Out = SumType<T>;
  Wide<V> product;
  static Product neutral() { return {1}; }
  void add(V value, std::int64_t /*k*/) { product *= static_cast<Wide<V>>(value); }
  void join(const Product& other) { product *= other.product; }
  Wide<V> result(std::int64_t /*n*/) const { return product; }
};

/// Below, with kSign 1, or above, with kSign -1, all that a V can hold.
template <class V, int kSign>
constexpr V worst() {
  using Limits = std::numeric_limits<V>;
  if constexpr (std::is_floating_point_v<V>) return -kSign * Limits::infinity();
  return kSign > 0 ? Limits::lowest() : Limits::max();
}
template <int kSign, class V>
bool better(V a, V b) {
  return kSign > 0 ? a > b : a < b;
}

/// kSign 1: the largest, -1: the smallest; NaN wins.
template <class V, int kSign>
struct Extreme {
  template <class T>
  using Out = T;
  V best;
  static Extreme neutral() { return {worst<V, kSign>()}; }
  void add(V value, std::int64_t /*k*/) { best = better<kSign>(value, best) || value != value ? value : best; }
  void join(const Extreme& other) { add(other.best, 0); }
  V result(std::int64_t /*n*/) const { return best; }
};

/// The index of the first of those.
template <class V, int kSign>
struct First {
  template <class T>
  using Out = std::int64_t;
  V best;
  std::int64_t index;
  static First neutral() { return {V{}, -1}; }
  void add(V value, std::int64_t k) {
    if (index < 0 || better<kSign>(value, best) || (value != value && best == best)) best = value, index = k;
  }
  void join(const First& other) {
    if (other.index < 0) return;
    const bool alike = other.best == best || (other.best != other.best && best != best);
    if (index >= 0 && alike)
      index = std::min(index, other.index);
    else
      add(other.best, other.index);
  }
  std::int64_t result(std::int64_t /*n*/) const { return index; }
};
/// Whether one is not 0, with kWanted true; whether none is 0, with kWanted false.
template <class V, bool kWanted>
struct Logical {
  template <class T>
  using Out = bool;
  bool value;
  static Logical neutral() { return {!kWanted}; }
  void add(V one, std::int64_t /*k*/) { value = (one != 0) == kWanted ? kWanted : value; }
  void join(const Logical& other) { add(static_cast<V>(other.value), 0); }
  bool result(std::int64_t /*n*/) const { return value; }
};

template <class V>
using Largest = Extreme<V, 1>;
template <class V>
using Smallest = Extreme<V, -1>;
template <class V>
using FirstLargest = First<V, 1>;
template <class V>
using FirstSmallest = First<V, -1>;
template <class V>
using Any = Logical<V, true>;
template <class V>
using All = Logical<V, false>;

// ---- loops ------------------------------------------------------------------------------------------------------------------------------

/// Accumulators of one result, so that no addition waits for the one before: lane i takes elements i, i + kLanes, ...
constexpr int kLanes = 8;
/// Results that lie side by side and are worked on together.
constexpr std::int64_t kWide = 64;
/// Elements of one result that are taken in one go; their sums are joined in order.
constexpr std::int64_t kPiece = 32768;

/// Where index `i` lies, the first axis counted the fastest.
std::int64_t offset_of(const Dims& shape, const Dims& steps, std::int64_t i) {
  std::int64_t offset = 0;
  for (int axis = 0; axis < shape.size(); axis++) {
    offset += i % shape[axis] * steps[axis];
    i /= shape[axis];
  }
  return offset;
}

/// The axes of a reduction, those that stay and those that go, the fastest first; joined where they are walked in one go.
struct ReductionPlan {
  Dims kept, kept_steps, kept_out;  ///< sizes, bytes in the input, elements in the contiguous result
  Dims gone, gone_steps;
  std::int64_t wide = 1, wide_step = 0, wide_out = 0;  ///< the axis that stays and is the fastest of all, if there is one

  ReductionPlan(const Array& x, const Dims& axes) {
    const auto bytes = static_cast<std::int64_t>(size_of(x.dtype()));
    std::int64_t out = 1;
    for (int i = x.rank() - 1; i >= 0; i--) {
      const std::int64_t size = x.shape()[i], step = x.strides()[i] * bytes;
      if (axes.contains(i) || size == 1) {
        if (size != 1) insert_gone(size, step);
        continue;
      }
      if (const int last = kept.size() - 1; last >= 0 && step == kept_steps[last] * kept[last]) {
        kept[last] *= size;
      } else {
        kept.push_back(size), kept_steps.push_back(step), kept_out.push_back(out);
      }
      out *= size;
    }
    join_gone();
    take_wide();
  }

 private:
  void insert_gone(std::int64_t size, std::int64_t step) {
    int at = 0;
    while (at < gone.size() && std::abs(gone_steps[at]) <= std::abs(step)) at++;
    gone.insert(at, size);
    gone_steps.insert(at, step);
  }
  void join_gone() {
    for (int i = 1; i < gone.size();) {
      if (gone_steps[i] != gone_steps[i - 1] * gone[i - 1]) {
        i++;
        continue;
      }
      gone[i - 1] *= gone[i];
      gone.erase(i), gone_steps.erase(i);
    }
    if (gone.empty()) gone.push_back(1), gone_steps.push_back(std::int64_t{1} << 62);
  }
  void take_wide() {
    int fastest = 0;
    for (int i = 1; i < kept.size(); i++) {
      if (std::abs(kept_steps[i]) < std::abs(kept_steps[fastest])) fastest = i;
    }
    if (kept.empty() || std::abs(kept_steps[fastest]) >= std::abs(gone_steps[0])) return;
    wide = kept[fastest], wide_step = kept_steps[fastest], wide_out = kept_out[fastest];
    kept.erase(fastest), kept_steps.erase(fastest), kept_out.erase(fastest);
  }
};

/// Elements k, k + 1 ... of one result, `n` of them, to lanes k % kLanes and on.
template <class T, class A, class Step>
void add_line(A* lanes, const std::byte* from, Step step, std::int64_t n, std::int64_t k) {
  const auto at = [&](std::int64_t i) { return load<T>(from + i * step); };
  std::int64_t i = 0;
  for (; i < n && (k + i) % kLanes != 0; i++) lanes[(k + i) % kLanes].add(at(i), k + i);
  if (n - i >= kLanes) {
    A local[kLanes];
    for (int l = 0; l < kLanes; l++) local[l] = lanes[l];
    for (; i + kLanes <= n; i += kLanes) {
      for (int l = 0; l < kLanes; l++) local[l].add(at(i + l), k + i + l);
    }
    for (int l = 0; l < kLanes; l++) lanes[l] = local[l];
  }
  for (; i < n; i++) lanes[(k + i) % kLanes].add(at(i), k + i);
}

/// Element k of `width` results.
template <class T, class A, class Step>
void add_row(A* lane, const std::byte* from, Step step, std::int64_t width, std::int64_t k) {
  for (std::int64_t c = 0; c < width; c++) lane[c].add(load<T>(from + c * step), k);
}

/// One after the other, of results whose elements lie on one line each: what rows of a few elements need.
template <class T, class A, class Write>
void reduce_lines(const std::byte* first, const ReductionPlan& plan, std::int64_t begin, std::int64_t end, Write&& write) {
  const std::int64_t n = plan.gone[0], step = plan.gone_steps[0];
  constexpr std::integral_constant<std::int64_t, sizeof(T)> kDense;
  const bool even = plan.kept.size() == 1;
  for (std::int64_t o = begin; o < end; o++) {
    const std::byte* from = first + (even ? o * plan.kept_steps[0] : offset_of(plan.kept, plan.kept_steps, o));
    A lanes[kLanes];
    for (A& lane : lanes) lane = A::neutral();
    step == kDense ? add_line<T>(lanes, from, kDense, n, 0) : add_line<T>(lanes, from, step, n, 0);
    for (int half = kLanes / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) lanes[l].join(lanes[l + half]);
    }
    write(even ? o * plan.kept_out[0] : offset_of(plan.kept, plan.kept_out, o), lanes[0]);
  }
}

/// Calls `write(i, accumulator)` for each result, by its place in the contiguous output. An accumulator A has a static neutral(),
/// add(value, index of the element among those of its result: meaningful for one reduced axis), and join(a later one).
template <class T, class A, class Write>
void reduce_elements(const Array& x, const Dims& axes, Write&& write) {
  const ReductionPlan plan(x, axes);
  const std::int64_t others = plan.kept.count(), outputs = others * plan.wide, elements = plan.gone.count();
  if (outputs == 0) return;
  const std::int64_t pieces = std::max<std::int64_t>(1, (elements + kPiece - 1) / kPiece);
  const std::int64_t chunks = (plan.wide + kWide - 1) / kWide;
  std::vector<A> partial(static_cast<std::size_t>(pieces == 1 ? 0 : outputs * pieces));
  constexpr std::integral_constant<std::int64_t, sizeof(T)> kDense;

  const auto work_on = [&](std::int64_t other, std::int64_t chunk, std::int64_t piece) {
    const std::byte* from = x.raw() + offset_of(plan.kept, plan.kept_steps, other) + chunk * kWide * plan.wide_step;
    const std::int64_t out = offset_of(plan.kept, plan.kept_out, other) + chunk * kWide * plan.wide_out;
    const std::int64_t width = std::min(kWide, plan.wide - chunk * kWide);
    const std::int64_t begin = piece * kPiece, end = std::min(elements, begin + kPiece);
    const std::int64_t used = std::clamp<std::int64_t>(end - begin, 1, kLanes);
    A lanes[kLanes * kWide];
    std::fill_n(lanes, used * width, A::neutral());
    for (std::int64_t k = begin, n; k < end; k += n) {
      n = std::min(plan.gone[0] - k % plan.gone[0], end - k);
      const std::byte* line = from + offset_of(plan.gone, plan.gone_steps, k);
      const std::int64_t step = plan.gone_steps[0];
      if (plan.wide == 1) {
        step == kDense ? add_line<T>(lanes, line, kDense, n, k) : add_line<T>(lanes, line, step, n, k);
        continue;
      }
      for (std::int64_t i = 0; i < n; i++) {
        A* lane = lanes + (k + i) % kLanes * width;
        const std::byte* row = line + i * step;
        plan.wide_step == kDense ? add_row<T>(lane, row, kDense, width, k + i) : add_row<T>(lane, row, plan.wide_step, width, k + i);
      }
    }
    for (std::int64_t half = kLanes / 2; half > 0; half /= 2) {
      for (std::int64_t l = 0; l < half && l + half < used; l++) {
        for (std::int64_t c = 0; c < width; c++) lanes[l * width + c].join(lanes[(l + half) * width + c]);
      }
    }
    for (std::int64_t c = 0; c < width; c++) {
      const std::int64_t i = out + c * plan.wide_out;
      pieces == 1 ? write(i, lanes[c]) : static_cast<void>(partial[static_cast<std::size_t>(i * pieces + piece)] = lanes[c]);
    }
  };

  Context& context = Context::current();
  const std::int64_t each = std::max<std::int64_t>(1, std::min(elements, kPiece) * std::min(kWide, plan.wide));
  const bool lines = plan.wide == 1 && pieces == 1 && plan.gone.size() == 1;
  parallel_for(context.pool(), x.count() < 2 * kParallelElements ? 1 : context.threads(), others * chunks * pieces,
               std::max<std::int64_t>(1, kParallelElements / each), [&](std::int64_t first, std::int64_t last) {
                 if (lines) return reduce_lines<T, A>(x.raw(), plan, first, last, write);
                 for (std::int64_t cell = first; cell < last; cell++)
                   work_on(cell / pieces / chunks, cell / pieces % chunks, cell % pieces);
               });
  for (std::int64_t i = 0; i < (pieces == 1 ? 0 : outputs); i++) {
    A total = partial[static_cast<std::size_t>(i * pieces)];
    for (std::int64_t piece = 1; piece < pieces; piece++) total.join(partial[static_cast<std::size_t>(i * pieces + piece)]);
    write(i, total);
  }
}

template <template <class> class Accumulator, Domain kDomain = Domain::kAny>
void reduce_by(const Array& out, const Array& x, const Dims& axes) {
  const std::int64_t elements = elements_of(x.shape(), axes);
  with_type_of<kDomain>(x.dtype(), [&]<class T>() {
    using A = Accumulator<Computed<T>>;
    using Out = typename A::template Out<T>;
    Out* const results = out.raw_as<Out>();
    reduce_elements<T, A>(x, axes, [&](std::int64_t i, const A& a) { results[i] = static_cast<Out>(a.result(elements)); });
  });
}

// ---- sums of f32 with vectors -----------------------------------------------------------------------------------------------------------

/// The axes of a sum, the slowest in memory first. The output has stride 0 along those that are summed.
struct SumAxes {
  Dims shape, x, out;  // strides in elements

  void split(Dims& kept, Dims& summed, int until) const {
    for (int i = 0; i < until; i++) (out[i] != 0 ? kept : summed).push_back(i);
  }
  /// Where index number `index` of the given axes lies, by `strides`.
  std::int64_t place(const Dims& axes, const Dims& strides, std::int64_t index) const {
    std::int64_t at = 0;
    for (int i = axes.size() - 1; i >= 0; i--) {
      const auto axis = static_cast<int>(axes[i]);
      at += index % shape[axis] * strides[axis];
      index /= shape[axis];
    }
    return at;
  }
  std::int64_t count(const Dims& axes) const {
    std::int64_t product = 1;
    for (std::int64_t axis : axes) product *= shape[static_cast<int>(axis)];
    return product;
  }
};

/// Adjacent elements go into one sum.
void sum_along(const SumAxes& axes, const float* x, float* out) {
  const int inner = axes.shape.size() - 1;
  Dims kept, summed;
  axes.split(kept, summed, inner);
  Context& context = Context::current();
  const auto sum = kernels_for(context.target()).sum;
  const std::int64_t inner_count = axes.count(summed), length = axes.shape[inner], sums = axes.count(kept);
  const bool small = sums * inner_count * length < 2 * kParallelElements;
  parallel_for(context.pool(), small ? 1 : context.threads(), sums,
               std::max<std::int64_t>(1, kParallelElements / std::max<std::int64_t>(1, inner_count * length)),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t o = begin; o < end; o++) {
                   const float* from = x + axes.place(kept, axes.x, o);
                   double total = 0;
                   for (std::int64_t i = 0; i < inner_count; i++) total += sum(from + axes.place(summed, axes.x, i), length);
                   out[axes.place(kept, axes.out, o)] = static_cast<float>(total);
                 }
               });
}

/// Adjacent elements go into adjacent sums.
void sum_across(const SumAxes& axes, const float* x, float* out) {
  constexpr std::int64_t kColumns = 64;
  const int inner = axes.shape.size() - 1, along = inner - 1;  // `along` is summed: nothing else lies between
  Dims kept, summed;
  axes.split(kept, summed, along);
  Context& context = Context::current();
  const auto add_rows = kernels_for(context.target()).add_rows;
  const std::int64_t columns = axes.shape[inner], cuts = (columns + kColumns - 1) / kColumns, outer = axes.count(summed);
  const bool small = axes.shape.count() < 2 * kParallelElements;
  parallel_for(context.pool(), small ? 1 : context.threads(), axes.count(kept) * cuts, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t piece = begin; piece < end; piece++) {
      const std::int64_t first = piece % cuts * kColumns, wide = std::min(kColumns, columns - first);
      const float* from = x + axes.place(kept, axes.x, piece / cuts) + first;
      double sums[kColumns] = {};
      for (std::int64_t i = 0; i < outer; i++) add_rows(sums, from + axes.place(summed, axes.x, i), axes.shape[along], axes.x[along], wide);
      float* to = out + axes.place(kept, axes.out, piece / cuts) + first * axes.out[inner];
      for (std::int64_t j = 0; j < wide; j++) to[j * axes.out[inner]] = static_cast<float>(sums[j]);
    }
  });
}

}  // namespace

std::int64_t elements_of(const Dims& shape, const Dims& axes) {
  std::int64_t count = 1;
  for (std::int64_t axis : axes) count *= shape[static_cast<int>(axis)];
  return count;
}

void reduce(Aggregate aggregate, const Array& out, const Array& x, const Dims& axes) {
  switch (aggregate) {
    case Aggregate::kSum:
      return reduce_by<Sum>(out, x, axes);
    case Aggregate::kMean:
      return reduce_by<Mean, Domain::kFloating>(out, x, axes);
    case Aggregate::kProduct:
      return reduce_by<Product>(out, x, axes);
    case Aggregate::kLargest:
      return reduce_by<Largest>(out, x, axes);
    case Aggregate::kSmallest:
      return reduce_by<Smallest>(out, x, axes);
    case Aggregate::kFirstLargest:
      return reduce_by<FirstLargest>(out, x, axes);
    case Aggregate::kFirstSmallest:
      return reduce_by<FirstSmallest>(out, x, axes);
    case Aggregate::kAny:
      return reduce_by<Any>(out, x, axes);
    case Aggregate::kAll:
      return reduce_by<All>(out, x, axes);
  }
}

bool fast_sum(const Array& out, const Array& x) {
  if (x.dtype() != DType::kF32 || x.count() == 0) return false;
  constexpr auto kFloat = static_cast<std::int64_t>(sizeof(float));
  StridedBytes<2> operands = strided_bytes(x, out);
  operands.simplify();
  SumAxes axes{operands.shape, operands.strides[0], operands.strides[1]};
  for (int i = 0; i < axes.shape.size(); i++) {
    axes.x[i] /= kFloat;
    axes.out[i] /= kFloat;
  }
  const int inner = axes.shape.size() - 1;
  if (axes.x[inner] != 1) return false;
  const bool along = axes.out[inner] == 0;
  if (!along && (inner == 0 || axes.out[inner - 1] != 0)) return false;
  (along ? sum_along : sum_across)(axes, x.raw_as<float>(), out.raw_as<float>());
  return true;
}

}  // namespace argent::kernels
