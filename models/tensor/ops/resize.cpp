// Linear maps along one axis that see few elements each, and what is made of them.

#include "models/tensor/ops/resize.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/tensor/apply.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/copy_elements.h"
#include "models/tensor/ops/element_loops.h"
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

/// x at index i of an axis, which stays with size 1.
Tensor slice_at(const Tensor& x, int axis, std::int64_t i) {
  Dims shape = x.shape();
  shape[axis] = 1;
  return window(x, shape, x.strides(), i * x.strides()[axis]);
}

/// sums[..] += weight * x[..]; the sums have the shape of x.
template <class T>
void add_weighted(const Tensor& sums, const Tensor& x, double weight) {
  for_each_run(strided_bytes(sums, x), [weight](const auto& data, const auto& step, std::int64_t n) {
    for (std::int64_t i = 0; i < n; i++)
      *reinterpret_cast<double*>(data[0] + i * step[0]) += weight * static_cast<double>(load<T>(data[1] + i * step[1]));
  });
}

template <class T>
void round_sums(const Tensor& to, const Tensor& sums) {
  for_each_run(strided_bytes(to, sums), [](const auto& data, const auto& step, std::int64_t n) {
    for (std::int64_t i = 0; i < n; i++) {
      const double sum = *reinterpret_cast<const double*>(data[1] + i * step[1]);
      if constexpr (std::is_integral_v<T>)
        store<T>(data[0] + i * step[0], std::clamp(std::nearbyint(sum), 0.0, 255.0));
      else
        store<T>(data[0] + i * step[0], static_cast<Computed<T>>(sum));
    }
  });
}

/// Zeros in f64, dense in the order of `like`'s axes.
Tensor zero_sums(const Tensor& like, const Dims& shape) {
  Dims strides = Dims::filled(shape.size(), 1);
  const std::array<int, Dims::kMax> order = axes_by_stride(like.strides());
  std::int64_t step = 1;
  for (int i = shape.size() - 1; i >= 0; i--) {
    const int axis = order[static_cast<std::size_t>(i)];
    strides[axis] = step;
    step *= std::max<std::int64_t>(1, shape[axis]);
  }
  Tensor sums = empty(shape, DType::kF64, strides);
  std::fill_n(sums.raw_as<double>(), sums.count(), 0.0);
  return sums;
}

void map_axis(const Call& call, std::span<Tensor> outputs) {
  const auto axis = static_cast<int>(call.attributes.integer(Key::kAxis));
  with_type(outputs[0].dtype(), [&]<class T>() {
    for (std::int64_t p = 0; p < outputs[0].shape()[axis]; p++) {
      const Tensor to = slice_at(outputs[0], axis, p), sums = zero_sums(outputs[0], to.shape());
      for (const Tap& tap : taps_of(call.attributes, p)) add_weighted<T>(sums, slice_at(call.input(), axis, tap.index), tap.weight);
      round_sums<T>(to, sums);
    }
  });
}

void map_axis_adjoint(const Call& call, std::span<Tensor> outputs) {
  const auto axis = static_cast<int>(call.attributes.integer(Key::kAxis));
  const Tensor sums = zero_sums(outputs[0], outputs[0].shape());
  with_type(outputs[0].dtype(), [&]<class T>() {
    for (std::int64_t p = 0; p < call.input().shape()[axis]; p++) {
      for (const Tap& tap : taps_of(call.attributes, p))
        add_weighted<T>(slice_at(sums, axis, tap.index), slice_at(call.input(), axis, p), tap.weight);
    }
    round_sums<T>(outputs[0], sums);
  });
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
    list.add({list.numbers({2, 4, 3}, -1, 1)}, map_attributes(1, map, 4, 7));
  for (const Map map : {Map::kReflect, Map::kReplicate, Map::kCircular})
    list.add({SampleList::strided(list.numbers({2, 4}, -1, 1))}, map_attributes(1, map, 4, 9, 0, 3));
  list.add({list.numbers({5}, -1, 1)}, map_attributes(0, Map::kLinear, 5, 2, 2.5));
  list.add({list.numbers({5, 0}, -1, 1)}, map_attributes(0, Map::kArea, 5, 3));
}
void adjoint_samples(SampleList& list) {
  for (const Map map : {Map::kNearest, Map::kLinear, Map::kCubic, Map::kArea, Map::kReflect})
    list.add({list.numbers({2, 7, 3}, -1, 1)}, map_attributes(1, map, 4, 7, 0, 2));
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
