// Linear maps along one axis that see few elements each, and what is made of them.

#include "models/tensor/ops/resize.h"

#include "models/kernels/resample.h"
#include "models/tensor/ops/rows.h"
#include "models/tensor/ops/wide.h"

namespace argent::tensor {
namespace {

using kernels::Map;

// Attributes of both rows: axis; mode, a Map; count, the results; stop, the elements; value, elements a result, 0: by the sizes; start, of
// the last three maps: results before the first element.

kernels::AxisMap map_of(const Attributes& a) {
  return {static_cast<Map>(a.integer(Key::kMode)), a.integer(Key::kStop), a.integer(Key::kCount), a.number(Key::kValue),
          a.integer(Key::kStart)};
}

Attributes map_attributes(std::int64_t axis, Map map, std::int64_t elements, std::int64_t results, double scale = 0,
                          std::int64_t start = 0) {
  return {{Key::kAxis, axis},     {Key::kMode, static_cast<std::int64_t>(map)},
          {Key::kStop, elements}, {Key::kCount, results},
          {Key::kValue, scale},   {Key::kStart, start}};
}

/// kInputs and kResults: along the axis, of this row.
template <Key kInputs, Key kResults>
void infer_axis(const Call& call, OutputSpecs& outputs) {
  const Tensor& x = call.input(0);
  const Attributes& a = call.attributes;
  const std::int64_t axis = a.integer(Key::kAxis), elements = a.integer(Key::kStop), count = a.integer(Key::kCount);
  if (!is_floating(x.dtype()) && x.dtype() != DType::kU8) throw Error("numbers of type ", x.dtype());
  if (axis < 0 || axis >= x.rank() || x.shape()[static_cast<int>(axis)] != a.integer(kInputs))
    throw Error("axis ", axis, " of ", x.shape());
  constexpr std::int64_t kMost = std::int64_t{1} << 31;
  if (elements < 1 || count < 1 || elements > kMost || count > kMost) throw Error(count, " results of ", elements, " elements");
  if (!(a.number(Key::kValue) >= 0 && a.number(Key::kValue) <= 1e9)) throw Error("a scale of ", a.number(Key::kValue));
  Dims shape = x.shape();
  shape[static_cast<int>(axis)] = a.integer(kResults);
  outputs.add(shape, x.dtype(), x.is_channels_last() && !x.is_contiguous() ? channels_last_strides(shape) : Dims{});
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

/// Each of the two is the gradient of the other.
template <OpId kAdjoint>
void map_gradient(GradientCall& c) {
  c.set(0, apply_one(kAdjoint, {c.gradient()}, c.attributes(), c.source()));
}

const Op kRows[] = {
    row(
        OpId::kMapAxis, "map_axis", "Resize", TypeRule::kOwn, infer_axis<Key::kStop, Key::kCount>,
        [](const Call& call, std::span<Tensor> out) {
          kernels::map_axis(out[0], call.input(), axis_of(call.attributes), map_of(call.attributes));
        },
        map_gradient<OpId::kMapAxisAdjoint>, Saved::kNothing, map_samples)
        .in(Autocast::kF32),
    row(
        OpId::kMapAxisAdjoint, "map_axis_adjoint", "", TypeRule::kOwn, infer_axis<Key::kCount, Key::kStop>,
        [](const Call& call, std::span<Tensor> out) {
          kernels::map_axis_adjoint(out[0], call.input(), axis_of(call.attributes), map_of(call.attributes));
        },
        map_gradient<OpId::kMapAxis>, Saved::kNothing, adjoint_samples)
        .in(Autocast::kF32),
};

}  // namespace

std::span<const Op> resize_ops() { return kRows; }

namespace {

Map map_of(const ResizeOptions& options) {
  constexpr Map kMaps[][2] = {{Map::kNearest, Map::kNearest},
                              {Map::kNearestCenter, Map::kNearestCenter},
                              {Map::kLinear, Map::kLinearCenters},
                              {Map::kCubic, Map::kCubicCenters},
                              {Map::kArea, Map::kArea}};  // by ResizeMode, then Corners
  return kMaps[static_cast<int>(options.mode)][static_cast<int>(options.corners)];
}

/// Pixels as channels, or back: the last three axes of x made five, those of the whole in another order, and the last three sizes then.
Tensor regrouped(const Tensor& x, const Dims& five, const Dims& order, const Dims& three, Source at) {
  Dims split = five, shape = x.shape();
  const int before = x.rank() - 3;
  split.insert(0, Dims(std::span(shape.begin(), shape.begin() + before)).count());
  std::copy(three.begin(), three.end(), shape.begin() + before);
  return x.reshape(split, at).permute(order, at).reshape(shape, at);
}

}  // namespace

Tensor resize(const Operand& x, const Dims& size, const ResizeOptions& options) {
  const Tensor given = x.tensor();
  const int axes = given.rank() - 2;
  if (axes < 1 || (size.size() != axes && size.size() != 1) || (!options.scale.empty() && static_cast<int>(options.scale.size()) != axes))
    throw OpError("resize: a tensor of shape ", given.shape(), " to ", size, ", expected [N, C, spatial]");
  Tensor result = is_short(given.dtype()) ? given.to(DType::kF32, x.source()) : given;
  for (int i = 0; i < axes; i++) {
    const std::int64_t elements = given.shape()[i + 2], results = size[size.size() == 1 ? 0 : i];
    const double scale = options.scale.empty() ? 0 : 1 / options.scale[static_cast<std::size_t>(i)];
    if (elements == results && scale == 0) continue;
    result = apply_one(OpId::kMapAxis, {result}, map_attributes(i + 2, map_of(options), elements, results, scale), x.source());
  }
  return result.to(given.dtype(), x.source());
}

Tensor pixel_shuffle(const Operand& x, std::int64_t factor) {
  const Tensor given = x.tensor();
  if (given.rank() < 3 || factor < 1 || factor > 1 << 15 || given.size(-3) % (factor * factor) != 0)
    throw OpError("pixel_shuffle: a tensor of shape ", given.shape(), " by ", factor);
  const std::int64_t channels = given.size(-3) / (factor * factor), height = given.size(-2), width = given.size(-1);
  return regrouped(given, {channels, factor, factor, height, width}, {0, 1, 4, 2, 5, 3}, {channels, height * factor, width * factor},
                   x.source());
}

Tensor pixel_unshuffle(const Operand& x, std::int64_t factor) {
  const Tensor given = x.tensor();
  if (given.rank() < 3 || factor < 1 || factor > 1 << 15 || given.size(-2) % factor != 0 || given.size(-1) % factor != 0)
    throw OpError("pixel_unshuffle: a tensor of shape ", given.shape(), " by ", factor);
  const std::int64_t channels = given.size(-3), height = given.size(-2) / factor, width = given.size(-1) / factor;
  return regrouped(given, {channels, height, factor, width, factor}, {0, 1, 3, 5, 2, 4}, {channels * factor * factor, height, width},
                   x.source());
}

Tensor channel_shuffle(const Operand& x, std::int64_t groups) {
  const Tensor given = x.tensor();
  const Source at = x.source();
  if (given.rank() < 3 || groups < 1 || given.shape()[1] % groups != 0)
    throw OpError("channel_shuffle: a tensor of shape ", given.shape(), " in ", groups, " groups");
  const Tensor flat = given.flatten(2, -1, at);
  return flat.reshape({flat.size(0), groups, flat.size(1) / groups, flat.size(2)}, at).transpose(1, 2, at).reshape(given.shape(), at);
}

Tensor pad(const Operand& x, const Dims& before, const Dims& after, Outside outside) {
  Tensor result = x.tensor();
  if (before.size() != result.rank() || after.size() != result.rank())
    throw OpError("pad: ", before.size(), " and ", after.size(), " numbers for ", result.shape());
  const Map map = outside == Outside::kReflect ? Map::kReflect : outside == Outside::kReplicate ? Map::kReplicate : Map::kCircular;
  for (int i = 0; i < before.size(); i++) {
    if (before[i] == 0 && after[i] == 0) continue;
    const std::int64_t size = result.shape()[i], most = outside == Outside::kReflect    ? size - 1
                                                        : outside == Outside::kCircular ? size
                                                                                        : 1 << 30;
    if (before[i] > most || after[i] > most)
      throw OpError("pad: ", std::to_string(std::max(before[i], after[i])), " elements around ", size, ", there are at most ", most);
    result = apply_one(OpId::kMapAxis, {result}, map_attributes(i, map, size, size + before[i] + after[i], 0, before[i]), x.source());
  }
  return result;
}

}  // namespace argent::tensor
