// OpInfo's entries with windows: convolutions.

#include "models/tensor/ops/convolution.h"

#include "tests/models/opinfo/entries.h"

namespace argent::tensor::opinfo {
namespace {

Dims dims_or(A& a, int position, const char* name, std::int64_t otherwise) {
  return a.has(position, name) ? a.dims(position, name) : Dims{otherwise};
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

}  // namespace

std::vector<Entry> window_entries() {
  return {
      {"nn.functional.conv1d", convolution, Made::kComposite},
      {"nn.functional.conv2d", convolution, Made::kComposite},
      {"nn.functional.conv_transpose1d", transposed_convolution, Made::kComposite},
      {"nn.functional.conv_transpose2d", transposed_convolution, Made::kComposite},
      {"nn.functional.conv_transpose3d", transposed_convolution, Made::kComposite},
  };
}

}  // namespace argent::tensor::opinfo
