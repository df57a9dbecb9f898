// Linear maps along one axis that see few elements each, and what is made of them.

#include "models/tensor/ops/resize.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/kernels/copy_elements.h"
#include "models/kernels/element_loops.h"
#include "models/tensor/apply.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/spatial.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

/// How the results of an axis are made of its elements.
enum class Map : std::int64_t {
  kNearest,
  kNearestCenter,
  kLinear,
  kLinearCenters,  // the centers of the first and last elements keep their places
  kCubic,
  kCubicCenters,
  kArea,
  kReflect,
  kReplicate,
  kCircular,
};

// Attributes of both rows: axis; mode, a Map; count, the results; stop, the elements; value, elements a result, 0: by the sizes; start, of
// the last three maps: results before the first element.
//   map_axis:         y[.., p, ..] = sum over taps of p of weight * x[.., index, ..]
//   map_axis_adjoint: x[.., i, ..] = sum over p and its taps with that index of weight * y[.., p, ..]

struct Tap {
  std::int64_t index = 0;
  double weight = 1;
};

/// Of cubic convolution, at a distance from 0 to 2.
double cubic_weight(double x) {
  constexpr double kA = -0.75;
  return x <= 1 ? ((kA + 2) * x - (kA + 3)) * x * x + 1 : ((kA * x - 5 * kA) * x + 8 * kA) * x - 4 * kA;
}

std::int64_t mirrored(std::int64_t i, std::int64_t size) {
  if (size == 1) return 0;
  const std::int64_t period = 2 * (size - 1), at = (i % period + period) % period;
  return at < size ? at : period - at;
}

/// What result p of `count` is made of.
std::vector<Tap> taps_of(const Attributes& a, std::int64_t p) {
  const std::int64_t size = a.integer(Key::kStop), count = a.integer(Key::kCount), start = a.integer(Key::kStart);
  const auto map = static_cast<Map>(a.integer(Key::kMode));
  const auto inside = [&](std::int64_t i) { return std::clamp<std::int64_t>(i, 0, size - 1); };
  const double given = a.number(Key::kValue);
  const double scale = given != 0 ? given : static_cast<double>(size) / static_cast<double>(count), place = static_cast<double>(p);
  switch (map) {
    case Map::kNearest:
      return {{inside(given != 0 ? static_cast<std::int64_t>(place * scale) : p * size / count)}};
    case Map::kNearestCenter:
      return {{inside(given != 0 ? static_cast<std::int64_t>((place + 0.5) * scale) : (2 * p + 1) * size / (2 * count))}};
    case Map::kArea: {
      const std::int64_t first = p * size / count, end = ((p + 1) * size + count - 1) / count;
      std::vector<Tap> taps;
      for (std::int64_t i = first; i < end; i++) taps.push_back({i, 1 / static_cast<double>(end - first)});
      return taps;
    }
    case Map::kReflect:
      return {{mirrored(p - start, size)}};
    case Map::kReplicate:
      return {{inside(p - start)}};
    case Map::kCircular:
      return {{((p - start) % size + size) % size}};
    default:
      break;
  }
  const bool centers = map == Map::kLinearCenters || map == Map::kCubicCenters;
  double source = (place + 0.5) * scale - 0.5;
  if (centers) source = count > 1 ? place * static_cast<double>(size - 1) / static_cast<double>(count - 1) : 0;
  if (map == Map::kLinear || map == Map::kLinearCenters) {
    source = std::clamp(source, 0.0, static_cast<double>(size - 1));
    const auto low = static_cast<std::int64_t>(source);
    const double part = source - static_cast<double>(low);
    return {{low, 1 - part}, {inside(low + 1), part}};
  }
  const double low = std::floor(source), part = source - low;
  std::vector<Tap> taps;
  for (int t = -1; t <= 2; t++) taps.push_back({inside(static_cast<std::int64_t>(low) + t), cubic_weight(std::abs(part - t))});
  return taps;
}

/// `inputs` and `results`: along the axis, of this row.
void infer_axis(const Call& call, OutputSpecs& outputs, Key inputs, Key results) {
  const Tensor& x = call.input(0);
  const Attributes& a = call.attributes;
  const std::int64_t axis = a.integer(Key::kAxis);
  if (!is_floating(x.dtype()) && x.dtype() != DType::kU8) throw Error("numbers of type " + std::string(name_of(x.dtype())));
  if (axis < 0 || axis >= x.rank() || x.shape()[static_cast<int>(axis)] != a.integer(inputs))
    throw Error("axis " + std::to_string(axis) + " of " + to_text(x.shape()));
  constexpr std::int64_t kMost = std::int64_t{1} << 31;
  if (a.integer(Key::kStop) < 1 || a.integer(Key::kCount) < 1 || a.integer(Key::kStop) > kMost || a.integer(Key::kCount) > kMost)
    throw Error(std::to_string(a.integer(Key::kCount)) + " results of " + std::to_string(a.integer(Key::kStop)) + " elements");
  if (!(a.number(Key::kValue) >= 0 && a.number(Key::kValue) <= 1e9)) throw Error("a scale of " + std::to_string(a.number(Key::kValue)));
  Dims shape = x.shape();
  shape[static_cast<int>(axis)] = a.integer(results);
  outputs.add(shape, x.dtype(), x.is_channels_last() && !x.is_contiguous() ? channels_last_strides(shape) : Dims{});
}

/// What each sum along an axis is made of: sum i of those from begin[i] to begin[i + 1].
struct Sums {
  std::vector<std::size_t> begin{0};
  std::vector<std::int64_t> places;
  std::vector<double> weights;
};

Sums sums_of(const Attributes& a) {
  Sums sums;
  for (std::int64_t p = 0; p < a.integer(Key::kCount); p++) {
    for (const Tap& tap : taps_of(a, p)) {
      sums.places.push_back(tap.index);
      sums.weights.push_back(tap.weight);
    }
    sums.begin.push_back(sums.places.size());
  }
  return sums;
}

/// The same map walked from the elements to the results.
Sums adjoint_of(const Sums& sums, std::int64_t elements) {
  Sums adjoint;
  adjoint.begin.assign(static_cast<std::size_t>(elements) + 1, 0);
  for (std::int64_t place : sums.places) adjoint.begin[static_cast<std::size_t>(place) + 1]++;
  for (std::size_t i = 1; i < adjoint.begin.size(); i++) adjoint.begin[i] += adjoint.begin[i - 1];
  std::vector<std::size_t> next(adjoint.begin.begin(), adjoint.begin.end() - 1);
  adjoint.places.resize(sums.places.size());
  adjoint.weights.resize(sums.places.size());
  for (std::size_t p = 0; p + 1 < sums.begin.size(); p++) {
    for (std::size_t t = sums.begin[p]; t < sums.begin[p + 1]; t++) {
      const std::size_t to = next[static_cast<std::size_t>(sums.places[t])]++;
      adjoint.places[to] = static_cast<std::int64_t>(p);
      adjoint.weights[to] = sums.weights[t];
    }
  }
  return adjoint;
}

template <class T>
T rounded(double sum) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(std::clamp(std::nearbyint(sum), 0.0, static_cast<double>(std::numeric_limits<T>::max())));
  else
    return static_cast<T>(static_cast<Computed<T>>(sum));
}

/// y(outer, p, inner) = sum over the taps of p of weight * x(outer, index, inner), all dense.
template <class T>
void add_taps(const Sums& sums, const T* x, T* y, std::int64_t outer, std::int64_t elements, std::int64_t inner) {
  constexpr std::int64_t kBlock = 64;
  const auto results = static_cast<std::int64_t>(sums.begin.size()) - 1;
  Context& context = Context::current();
  [[maybe_unused]] const auto blend = kernels::kernels_for(context.target()).blend;
  const std::int64_t grain = std::max<std::int64_t>(1, kParallelElements / std::max<std::int64_t>(1, inner));
  parallel_for(context.pool(), context.threads(), outer * results, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; row++) {
      const auto p = static_cast<std::size_t>(row % results);
      const T* const from = x + row / results * elements * inner;
      if constexpr (std::is_same_v<T, float>) {
        blend(y + row * inner, from, inner, sums.places.data() + sums.begin[p], sums.weights.data() + sums.begin[p],
              static_cast<std::int64_t>(sums.begin[p + 1] - sums.begin[p]), inner);
        continue;
      }
      for (std::int64_t first = 0; first < inner; first += kBlock) {
        const std::int64_t n = std::min(kBlock, inner - first);
        double block[kBlock] = {};
        for (std::size_t t = sums.begin[p]; t < sums.begin[p + 1]; t++) {
          const T* const element = from + sums.places[t] * inner + first;
          for (std::int64_t i = 0; i < n; i++) block[i] += sums.weights[t] * static_cast<double>(element[i]);
        }
        for (std::int64_t i = 0; i < n; i++) y[row * inner + first + i] = rounded<T>(block[i]);
      }
    }
  });
}

void run_sums(const Call& call, const Tensor& output, const Sums& sums) {
  if (output.count() == 0) return;
  const auto axis = static_cast<int>(call.attributes.integer(Key::kAxis));
  // x in the order of the output's axes.
  const Dims& shape = call.input().shape();
  const bool last = output.is_channels_last() && !output.is_contiguous();
  Tensor x = call.input();
  if (last ? !x.is_channels_last() : !x.is_contiguous()) {
    x = empty(shape, output.dtype(), last ? channels_last_strides(shape) : Dims{});
    copy_elements(x, call.input());
  }
  std::int64_t outer = 1, inner = 1;
  for (int i = 0; i < shape.size(); i++) {
    if (i == axis) continue;
    const bool slower = last && axis == 1 ? true : last && i == 1 ? false : i < axis;
    (slower ? outer : inner) *= shape[i];
  }
  with_type(output.dtype(), [&]<class T>() { add_taps(sums, x.raw_as<T>(), output.raw_as<T>(), outer, shape[axis], inner); });
}

void map_axis(const Call& call, std::span<Tensor> outputs) { run_sums(call, outputs[0], sums_of(call.attributes)); }

void map_axis_adjoint(const Call& call, std::span<Tensor> outputs) {
  run_sums(call, outputs[0], adjoint_of(sums_of(call.attributes), call.attributes.integer(Key::kStop)));
}

Attributes map_attributes(std::int64_t axis, Map map, std::int64_t elements, std::int64_t results, double scale = 0,
                          std::int64_t start = 0) {
  return {{Key::kAxis, axis},     {Key::kMode, static_cast<std::int64_t>(map)},
          {Key::kStop, elements}, {Key::kCount, results},
          {Key::kValue, scale},   {Key::kStart, start}};
}

Attributes same(const Attributes& a) {
  return map_attributes(a.integer(Key::kAxis), static_cast<Map>(a.integer(Key::kMode)), a.integer(Key::kStop), a.integer(Key::kCount),
                        a.number(Key::kValue), a.integer(Key::kStart));
}

void map_samples(SampleList& list) {
  for (const Map map : {Map::kNearest, Map::kNearestCenter, Map::kLinear, Map::kLinearCenters, Map::kCubic, Map::kCubicCenters, Map::kArea})
    list.add({list.numbers({2, 4, 3})}, map_attributes(1, map, 4, 7));
  for (const Map map : {Map::kReflect, Map::kReplicate, Map::kCircular})
    list.add({SampleList::strided(list.numbers({2, 4}))}, map_attributes(1, map, 4, 9, 0, 3));
  for (const int axis : {0, 1, 2, 3}) list.add({list.numbers({3, 3, 3, 3}).channels_last()}, map_attributes(axis, Map::kLinear, 3, 2));
  list.add({list.numbers({5})}, map_attributes(0, Map::kLinear, 5, 2, 2.5));
  list.add({list.numbers({5, 0})}, map_attributes(0, Map::kArea, 5, 3));
}
void adjoint_samples(SampleList& list) {
  list.add({list.numbers({1, 3, 2, 5}).channels_last()}, map_attributes(3, Map::kLinear, 3, 5));
  for (const Map map : {Map::kNearest, Map::kLinear, Map::kCubic, Map::kArea, Map::kReflect})
    list.add({list.numbers({2, 7, 3})}, map_attributes(1, map, 4, 7, 0, 2));
}

const Op kRows[] = {
    {.id = OpId::kMapAxis,
     .name = "map_axis",
     .infer = [](const Call& call, OutputSpecs& outputs) { infer_axis(call, outputs, Key::kStop, Key::kCount); },
     .reference = map_axis,
     .gradient = [](G& c) { c.set(0, apply_one(OpId::kMapAxisAdjoint, {c.gradient()}, same(c.attributes()), c.source())); },
     .autocast = Autocast::kF32,
     .onnx = "Resize",
     .samples = map_samples},
    {.id = OpId::kMapAxisAdjoint,
     .name = "map_axis_adjoint",
     .infer = [](const Call& call, OutputSpecs& outputs) { infer_axis(call, outputs, Key::kCount, Key::kStop); },
     .reference = map_axis_adjoint,
     .gradient = [](G& c) { c.set(0, apply_one(OpId::kMapAxis, {c.gradient()}, same(c.attributes()), c.source())); },
     .autocast = Autocast::kF32,
     .samples = adjoint_samples},
};

}  // namespace

std::span<const Op> resize_ops() { return kRows; }

namespace {

Map map_of(const ResizeOptions& options) {
  const bool centers = options.corners == Corners::kCenters;
  switch (options.mode) {
    case ResizeMode::kNearest:
      return Map::kNearest;
    case ResizeMode::kNearestCenter:
      return Map::kNearestCenter;
    case ResizeMode::kLinear:
      return centers ? Map::kLinearCenters : Map::kLinear;
    case ResizeMode::kCubic:
      return centers ? Map::kCubicCenters : Map::kCubic;
    case ResizeMode::kArea:
      break;
  }
  return Map::kArea;
}

/// f(x) in at least f32, rounded once at the end.
template <class F>
Tensor widened(const Tensor& x, Source at, F&& f) {
  const bool narrow = x.dtype() == DType::kF16 || x.dtype() == DType::kBF16;
  return narrow ? f(x.to(DType::kF32, at)).to(x.dtype(), at) : f(x);
}

}  // namespace

Tensor resize(const Operand& x, const Dims& size, const ResizeOptions& options) {
  const Tensor given = x.tensor();
  const int axes = given.rank() - 2;
  if (axes < 1 || (size.size() != axes && size.size() != 1) || (!options.scale.empty() && static_cast<int>(options.scale.size()) != axes))
    throw OpError("resize: a tensor of shape " + to_text(given.shape()) + " to " + to_text(size) + ", expected [N, C, spatial]");
  return widened(given, x.source(), [&](Tensor result) {
    for (int i = 0; i < axes; i++) {
      const std::int64_t elements = given.shape()[i + 2], results = size[size.size() == 1 ? 0 : i];
      const double scale = options.scale.empty() ? 0 : 1 / options.scale[static_cast<std::size_t>(i)];
      if (elements == results && scale == 0) continue;
      result = apply_one(OpId::kMapAxis, {result}, map_attributes(i + 2, map_of(options), elements, results, scale), x.source());
    }
    return result;
  });
}

Tensor pixel_shuffle(const Operand& x, std::int64_t factor) {
  const Tensor given = x.tensor();
  const Source at = x.source();
  const int rank = given.rank();
  if (rank < 3 || factor < 1 || factor > 1 << 15 || given.size(-3) % (factor * factor) != 0)
    throw OpError("pixel_shuffle: a tensor of shape " + to_text(given.shape()) + " by " + std::to_string(factor));
  const std::int64_t channels = given.size(-3) / (factor * factor), height = given.size(-2), width = given.size(-1);
  Dims shape = given.shape();
  std::int64_t batch = 1;
  for (int i = 0; i < rank - 3; i++) batch *= shape[i];
  shape[rank - 3] = channels, shape[rank - 2] = height * factor, shape[rank - 1] = width * factor;
  return given.reshape({batch, channels, factor, factor, height, width}, at).permute({0, 1, 4, 2, 5, 3}, at).reshape(shape, at);
}

Tensor pixel_unshuffle(const Operand& x, std::int64_t factor) {
  const Tensor given = x.tensor();
  const Source at = x.source();
  const int rank = given.rank();
  if (rank < 3 || factor < 1 || factor > 1 << 15 || given.size(-2) % factor != 0 || given.size(-1) % factor != 0)
    throw OpError("pixel_unshuffle: a tensor of shape " + to_text(given.shape()) + " by " + std::to_string(factor));
  const std::int64_t channels = given.size(-3), height = given.size(-2) / factor, width = given.size(-1) / factor;
  Dims shape = given.shape();
  std::int64_t batch = 1;
  for (int i = 0; i < rank - 3; i++) batch *= shape[i];
  shape[rank - 3] = channels * factor * factor, shape[rank - 2] = height, shape[rank - 1] = width;
  return given.reshape({batch, channels, height, factor, width, factor}, at).permute({0, 1, 3, 5, 2, 4}, at).reshape(shape, at);
}

Tensor channel_shuffle(const Operand& x, std::int64_t groups) {
  const Tensor given = x.tensor();
  const Source at = x.source();
  if (given.rank() < 3 || groups < 1 || given.shape()[1] % groups != 0)
    throw OpError("channel_shuffle: a tensor of shape " + to_text(given.shape()) + " in " + std::to_string(groups) + " groups");
  const Tensor flat = given.flatten(2, -1, at);
  return flat.reshape({flat.size(0), groups, flat.size(1) / groups, flat.size(2)}, at).transpose(1, 2, at).reshape(given.shape(), at);
}

Tensor pad(const Operand& x, const Dims& before, const Dims& after, Outside outside) {
  Tensor result = x.tensor();
  if (before.size() != result.rank() || after.size() != result.rank())
    throw OpError("pad: " + std::to_string(before.size()) + " and " + std::to_string(after.size()) + " numbers for " +
                  to_text(result.shape()));
  const Map map = outside == Outside::kReflect ? Map::kReflect : outside == Outside::kReplicate ? Map::kReplicate : Map::kCircular;
  for (int i = 0; i < before.size(); i++) {
    if (before[i] == 0 && after[i] == 0) continue;
    const std::int64_t size = result.shape()[i], most = outside == Outside::kReflect    ? size - 1
                                                        : outside == Outside::kCircular ? size
                                                                                        : 1 << 30;
    if (before[i] > most || after[i] > most)
      throw OpError("pad: " + std::to_string(std::max(before[i], after[i])) + " elements around " + std::to_string(size) +
                    ", there are at most " + std::to_string(most));
    if (before[i] == 0 && after[i] == 0) continue;
    result = apply_one(OpId::kMapAxis, {result}, map_attributes(i, map, size, size + before[i] + after[i], 0, before[i]), x.source());
  }
  return result;
}

}  // namespace argent::tensor
