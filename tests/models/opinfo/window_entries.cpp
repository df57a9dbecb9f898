// OpInfo's entries with windows: convolutions, pools, and pictures of another size.

#include "models/tensor/ops/convolution.h"
#include "models/tensor/ops/pool.h"
#include "models/tensor/ops/resize.h"

#include "tests/models/opinfo/entries.h"

namespace argent::tensor::opinfo {
namespace {

Dims dims_or(A& a, int position, const char* name, std::int64_t otherwise) {
  return a.has(position, name) ? a.dims(position, name) : Dims{otherwise};
}

void refuse_integers(A& a) {
  if (!is_floating(a.tensor().dtype())) throw Unsupported("windows of integers");
}

Tensor convolution(A& a) {
  const Tensor &x = a.tensor(), &weight = a.tensor(1, "weight");
  ConvOptions options{.stride = dims_or(a, 3, "stride", 1), .padding{0}, .padding_after{}, .dilation = dims_or(a, 5, "dilation", 1)};
  options.groups = a.integer(6, "groups", 1);
  if (a.has(4, "padding") && a.json(4, "padding").is_string()) {
    if (a.text(4, "padding", "") == "same") {
      options.padding = {};
      for (int i = 2; i < weight.rank(); i++) {
        const std::int64_t total = (weight.size(i) - 1) * options.dilation[options.dilation.size() == 1 ? 0 : i - 2];
        options.padding.push_back(total / 2);
        options.padding_after.push_back(total - total / 2);
      }
    }
  } else {
    options.padding = dims_or(a, 4, "padding", 0);
  }
  return conv(x, weight, a.tensor_or_none(2, "bias"), options);
}

Tensor transposed_convolution(A& a) {
  ConvOptions options{.stride = dims_or(a, 3, "stride", 1),
                      .padding = dims_or(a, 4, "padding", 0),
                      .padding_after{},
                      .dilation = dims_or(a, 7, "dilation", 1)};
  options.groups = a.integer(6, "groups", 1);
  return conv_transpose(a.tensor(), a.tensor(1), a.tensor_or_none(2, "bias"), options, dims_or(a, 5, "output_padding", 0));
}

using Tensors = std::vector<Tensor>;

/// For each of `axes` spatial axes.
Dims each(const Dims& given, int axes) { return given.size() == 1 ? Dims::filled(axes, given[0]) : given; }

PoolOptions pool_options(A& a, int axes) {
  PoolOptions options{
      .kernel = each(a.dims(1, "kernel_size"), axes), .stride{}, .padding = each(dims_or(a, 3, "padding", 0), axes), .dilation{1}};
  if (a.has(2, "stride")) options.stride = each(a.dims(2, "stride"), axes);
  return options;
}

/// f of a batch; one picture is a batch of one.
template <class F>
Tensors of_batch(const Tensor& x, int axes, F&& f) {
  if (x.rank() != axes + 1) return f(x);
  Tensors found = f(x.unsqueeze(0));
  for (Tensor& one : found) one = one.squeeze(0);
  return found;
}
Tensors listed(const std::pair<Tensor, Tensor>& pair) { return {pair.first, pair.second}; }

template <int kAxes>
Tensors largest(A& a) {
  PoolOptions options = pool_options(a, kAxes);
  options.dilation = each(dims_or(a, -1, "dilation", 1), kAxes);
  options.rounding = a.flag(-1, "ceil_mode", false) ? Rounding::kUp : Rounding::kDown;
  const bool with_indices = a.flag(-1, "return_indices", false);
  return of_batch(a.tensor(), kAxes, [&](const Tensor& x) {
    return with_indices ? listed(max_pool_with_indices(x, options)) : Tensors{max_pool(x, options)};
  });
}

template <int kAxes>
Tensors average(A& a) {
  refuse_integers(a);
  PoolOptions options = pool_options(a, kAxes);
  options.rounding = a.flag(4, "ceil_mode", false) ? Rounding::kUp : Rounding::kDown;
  const CountPadding count_padding = a.flag(5, "count_include_pad", true) ? CountPadding::kYes : CountPadding::kNo;
  const std::int64_t divisor = a.integer(6, "divisor_override", 0);
  return of_batch(a.tensor(), kAxes, [&](const Tensor& x) { return Tensors{average_pool(x, options, count_padding, divisor)}; });
}

Dims adaptive_size(A& a, int axes) {
  Dims size;
  const nlohmann::json& given = a.json(1);
  if (given.is_number()) return Dims::filled(axes, given.get<std::int64_t>());
  for (const nlohmann::json& one : given) size.push_back(one.is_null() ? -1 : one.get<std::int64_t>());
  return size;
}
template <int kAxes>
Tensors adaptive_average(A& a) {
  const Dims size = adaptive_size(a, kAxes);
  return of_batch(a.tensor(), kAxes, [&](const Tensor& x) { return Tensors{adaptive_average_pool(x, size)}; });
}
template <int kAxes>
Tensors adaptive_largest(A& a) {
  const Dims size = adaptive_size(a, kAxes);
  const bool with_indices = a.flag(2, "return_indices", false);
  return of_batch(a.tensor(), kAxes, [&](const Tensor& x) {
    return with_indices ? listed(adaptive_max_pool_with_indices(x, size)) : Tensors{adaptive_max_pool(x, size)};
  });
}

Tensor unpooled(A& a) {
  for (const char* ignored : {"kernel_size", "stride", "padding"}) a.has(-1, ignored);
  Dims size;
  const Dims given = a.dims(-1, "output_size");
  for (int i = 2; i < given.size(); i++) size.push_back(given[i]);
  return max_unpool(a.tensor(), a.tensor(1), size);
}

Tensor resized(A& a, const std::string& named) {
  const Tensor& x = a.tensor();
  const std::string mode = named.empty() ? a.text(3, "mode", "nearest") : named;
  ResizeOptions options;
  options.mode = mode == "nearest"   ? ResizeMode::kNearest
                 : mode == "bicubic" ? ResizeMode::kCubic
                 : mode == "area"    ? ResizeMode::kArea
                                     : ResizeMode::kLinear;
  const bool centers = named == "bilinear" || (named.empty() && a.flag(4, "align_corners", false));
  options.corners = centers ? Corners::kCenters : Corners::kEdges;
  if (a.has(1, "size")) {
    a.has(2, "scale_factor");
    a.has(-1, "recompute_scale_factor");
    return resize(x, a.dims(1, "size"), options);
  }
  const double scale = a.number(2, "scale_factor", 1);
  const bool by_sizes = a.flag(-1, "recompute_scale_factor", false) || mode == "area";
  Dims size;
  for (int i = 2; i < x.rank(); i++) {
    size.push_back(static_cast<std::int64_t>(static_cast<double>(x.size(i)) * scale));
    if (!by_sizes) options.scale.push_back(scale);
  }
  return resize(x, size, options);
}

Tensor margins(A& a, Outside outside) {
  a.text(2, "mode", "");
  refuse_integers(a);
  for (std::int64_t size : a.dims(1, "pad")) {
    if (size < 0 && outside == Outside::kCircular) throw Unsupported("a circular padding that cuts");
  }
  const Tensor& x = a.tensor();
  const Dims pairs = a.dims(1, "pad");
  Dims before = Dims::filled(x.rank(), 0), after = before;
  for (int i = 0; i + 1 < pairs.size(); i += 2) {
    before[x.rank() - 1 - i / 2] = pairs[i];
    after[x.rank() - 1 - i / 2] = pairs[i + 1];
  }
  return pad(x, before, after, outside);
}

}  // namespace

std::vector<Entry> window_entries() {
  return {
      {"nn.functional.avg_pool1d", average<1>, Made::kComposite},
      {"nn.functional.avg_pool2d", average<2>, Made::kComposite},
      {"nn.functional.avg_pool3d", average<3>, Made::kComposite},
      {"nn.functional.adaptive_avg_pool1d", adaptive_average<1>, Made::kComposite},
      {"nn.functional.adaptive_avg_pool2d", adaptive_average<2>, Made::kComposite},
      {"nn.functional.adaptive_avg_pool3d", adaptive_average<3>, Made::kComposite},
      {"nn.functional.adaptive_max_pool1d", adaptive_largest<1>},
      {"nn.functional.adaptive_max_pool2d", adaptive_largest<2>},
      {"nn.functional.adaptive_max_pool3d", adaptive_largest<3>},
      {"nn.functional.max_pool1d", largest<1>},
      {"nn.functional.max_pool2d", largest<2>},
      {"nn.functional.max_pool3d", largest<3>},
      {"nn.functional.max_unpool1d:grad", unpooled},
      {"nn.functional.max_unpool2d:grad", unpooled},
      {"nn.functional.max_unpool3d:grad", unpooled},
      {"nn.functional.interpolate:nearest", [](A& a) { return resized(a, ""); }, Made::kComposite},
      {"nn.functional.interpolate:linear", [](A& a) { return resized(a, ""); }, Made::kComposite},
      {"nn.functional.interpolate:bilinear", [](A& a) { return resized(a, ""); }, Made::kComposite},
      {"nn.functional.interpolate:bicubic", [](A& a) { return resized(a, ""); }, Made::kComposite},
      {"nn.functional.interpolate:trilinear", [](A& a) { return resized(a, ""); }, Made::kComposite},
      {"nn.functional.interpolate:area", [](A& a) { return resized(a, ""); }, Made::kComposite},
      {"nn.functional.upsample_bilinear", [](A& a) { return resized(a, "bilinear"); }, Made::kComposite},
      {"nn.functional.upsample_nearest", [](A& a) { return resized(a, "nearest"); }, Made::kComposite},
      {"nn.functional.pad:reflect", [](A& a) { return margins(a, Outside::kReflect); }},
      {"nn.functional.pad:replicate", [](A& a) { return margins(a, Outside::kReplicate); }},
      {"nn.functional.pad:circular", [](A& a) { return margins(a, Outside::kCircular); }},
      {"nn.functional.pixel_shuffle", [](A& a) { return pixel_shuffle(a.tensor(), a.integer(1, "upscale_factor")); }},
      {"nn.functional.pixel_unshuffle", [](A& a) { return pixel_unshuffle(a.tensor(), a.integer(1, "downscale_factor")); }},
      {"nn.functional.conv1d", convolution, Made::kComposite},
      {"nn.functional.conv2d", convolution, Made::kComposite},
      {"nn.functional.conv_transpose1d", transposed_convolution, Made::kComposite},
      {"nn.functional.conv_transpose2d", transposed_convolution, Made::kComposite},
      {"nn.functional.conv_transpose3d", transposed_convolution, Made::kComposite},
  };
}

}  // namespace argent::tensor::opinfo
