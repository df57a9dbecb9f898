// Einstein's sums: permuted, multiplied as matrices, summed.

#include <map>
#include <optional>

#include "models/tensor/ops.h"
#include "models/tensor/ops/wide.h"

namespace argent::tensor {
namespace {

/// One character an axis: a letter, or for the axes of "..." '0' for the last, '1' for the one before ...
struct Term {
  Tensor tensor;
  std::string labels;
};

/// The size that each label has; axes of size 1 broadcast.
using Sizes = std::map<char, std::int64_t>;

bool has(const std::string& labels, char label) { return labels.find(label) != std::string::npos; }

std::string ellipsis(int axes) {
  std::string labels;
  while (axes > 0) labels += static_cast<char>('0' + --axes);
  return labels;
}

/// A term's letters with "..." as its labels; `axes` of them.
std::string labels_of(const std::string& term, int axes, const std::string& equation) {
  const std::size_t dots = term.find("...");
  std::string labels = term;
  if (dots != std::string::npos) labels.replace(dots, 3, ellipsis(axes));
  for (char label : labels) {
    if ((label < 'a' || label > 'z') && (label < 'A' || label > 'Z') && (label < '0' || label > '7'))
      throw OpError("einsum: \"", equation, "\" has a '", label, "', expected letters, one \"...\" a term, commas and \"->\"");
  }
  return labels;
}

/// A label that an operand names twice: only where both its indices are equal.
Term diagonal_of(Term term) {
  for (std::size_t i = 0; i < term.labels.size(); i++) {
    const std::size_t j = term.labels.find(term.labels[i], i + 1);
    if (j == std::string::npos) continue;
    const int a = static_cast<int>(i), b = static_cast<int>(j);
    if (term.tensor.size(a) != term.tensor.size(b))
      throw OpError("einsum: axes ", a, " and ", b, " of ", term.tensor.shape(), " have one letter and two sizes");
    const char label = term.labels[i];
    term.labels.erase(j, 1);
    term.labels.erase(i, 1);
    return diagonal_of({diagonal(term.tensor, 0, a, b), term.labels + label});
  }
  return term;
}

/// Without the axes whose labels are not in `kept`.
Term summed(const Term& term, const std::string& kept) {
  Dims axes;
  std::string left;
  for (std::size_t i = 0; i < term.labels.size(); i++) {
    if (has(kept, term.labels[i]))
      left += term.labels[i];
    else
      axes.push_back(static_cast<std::int64_t>(i));
  }
  return axes.empty() ? term : Term{sum(term.tensor, axes), left};
}

/// The term's axes in the order of `labels`, axes of size 1 where it has none.
Tensor arranged(const Term& term, const std::string& labels) {
  Dims axes, added;
  for (std::size_t i = 0; i < labels.size(); i++) {
    const std::size_t at = term.labels.find(labels[i]);
    at == std::string::npos ? added.push_back(static_cast<std::int64_t>(i)) : axes.push_back(static_cast<std::int64_t>(at));
  }
  Tensor result = term.tensor.permute(axes);
  for (std::int64_t axis : added) result = result.unsqueeze(static_cast<int>(axis));
  return result;
}

Dims shape_of(const std::string& labels, const Sizes& sizes) {
  Dims shape;
  for (char label : labels) shape.push_back(sizes.at(label));
  return shape;
}

/// The product of two terms, summed over the labels that are not in `kept`.
Term contracted(Term a, Term b, const std::string& kept, const Sizes& sizes) {
  a = summed(a, kept + b.labels);
  b = summed(b, kept + a.labels);
  std::string batch, left, inner, right;
  for (char label : a.labels) (!has(b.labels, label) ? left : has(kept, label) ? batch : inner) += label;
  for (char label : b.labels) {
    if (!has(a.labels, label)) right += label;
  }
  const std::string labels = batch + left + right;
  if (inner.empty()) return {arranged(a, labels) * arranged(b, labels), labels};
  const auto matrices = [&](const Term& term, const std::string& rows, const std::string& columns) {
    const std::string order = batch + rows + columns;
    return arranged(term, order)
        .expand(shape_of(order, sizes))
        .reshape({shape_of(batch, sizes).count(), shape_of(rows, sizes).count(), shape_of(columns, sizes).count()});
  };
  return {matmul(matrices(a, left, inner), matrices(b, inner, right)).reshape(shape_of(labels, sizes)), labels};
}

struct Equation {
  std::vector<std::string> terms{""};
  std::optional<std::string> result;
};

Equation parse(std::string text) {
  std::erase(text, ' ');
  Equation equation;
  const std::size_t arrow = text.find("->");
  for (char c : text.substr(0, arrow)) {
    if (c == ',')
      equation.terms.emplace_back();
    else
      equation.terms.back() += c;
  }
  if (arrow != std::string::npos) equation.result = text.substr(arrow + 2);
  return equation;
}

/// The labels of the result that an equation without an arrow means.
std::string implied_result(const std::vector<Term>& terms, int dots) {
  std::string all, once;
  for (const Term& term : terms) all += term.labels;
  std::sort(all.begin(), all.end());
  for (char label : all) {
    if (label >= 'A' && std::count(all.begin(), all.end(), label) == 1) once += label;
  }
  return ellipsis(dots) + once;
}

Sizes sizes_of(const std::vector<Term>& terms) {
  Sizes sizes;
  for (const auto& [tensor, labels] : terms) {
    for (std::size_t i = 0; i < labels.size(); i++) {
      std::int64_t& size = sizes.try_emplace(labels[i], 1).first->second;
      const std::int64_t here = tensor.size(static_cast<int>(i));
      if (size != 1 && here != 1 && here != size)
        throw OpError("einsum: axis ", i, " of ", tensor.shape(), " has size ", here, ", expected ", size, " as another of its letter");
      if (size == 1) size = here;
    }
  }
  return sizes;
}

}  // namespace

Tensor einsum(std::string_view text, std::span<const Tensor> tensors, Source at) {
  const std::string name(text);
  const Equation equation = parse(name);
  if (tensors.empty() || equation.terms.size() != tensors.size()) throw OpError("einsum: \"", name, "\" of ", tensors.size(), " tensors");
  DType type = tensors[0].dtype();
  for (const Tensor& tensor : tensors) type = promote(type, tensor.dtype());
  const SourceScope scope(source_in_scope(at));
  std::vector<Term> terms;
  int dots = 0;
  for (std::size_t i = 0; i < tensors.size(); i++) {
    const std::string& term = equation.terms[i];
    const bool open = term.find("...") != std::string::npos;
    const int extra = tensors[i].rank() - static_cast<int>(term.size()) + (open ? 3 : 0);
    if (extra < 0 || (extra > 0 && !open)) throw OpError("einsum: \"", term, "\" for a tensor of shape ", tensors[i].shape());
    dots = std::max(dots, extra);
    terms.push_back({tensors[i].to(is_short(type) ? DType::kF32 : type), labels_of(term, extra, name)});
  }
  const std::string result = equation.result ? labels_of(*equation.result, dots, name) : implied_result(terms, dots);
  const Sizes sizes = sizes_of(terms);
  for (char label : result) {
    if (!sizes.contains(label) || std::count(result.begin(), result.end(), label) > 1)
      throw OpError("einsum: the result of \"", name, "\" names '", label, "' twice, or no operand does");
  }
  Term product = diagonal_of(terms[0]);
  for (std::size_t i = 1; i < terms.size(); i++) {
    std::string kept = result;
    for (std::size_t later = i + 1; later < terms.size(); later++) kept += terms[later].labels;
    product = contracted(product, diagonal_of(terms[i]), kept, sizes);
  }
  return arranged(summed(product, result), result).to(type);
}

Tensor einsum(std::string_view equation, std::initializer_list<Tensor> tensors, Source at) {
  return einsum(equation, std::span(tensors.begin(), tensors.size()), at);
}

Tensor tensordot(const Operand& a, const Operand& b, const Dims& axes_a, const Dims& axes_b) {
  const Tensor left = a.tensor(), right = b.tensor();
  if (axes_a.size() != axes_b.size()) throw OpError("tensordot: axes ", axes_a, " and ", axes_b, ", expected as many of both");
  std::string labels_a("abcdefgh", static_cast<std::size_t>(left.rank()));
  std::string labels_b("ijklmnop", static_cast<std::size_t>(right.rank()));
  for (int i = 0; i < axes_a.size(); i++) {
    labels_b[static_cast<std::size_t>(checked_axis(axes_b[i], right.rank()))] =
        labels_a[static_cast<std::size_t>(checked_axis(axes_a[i], left.rank()))];
  }
  std::string result;
  for (char label : labels_a + labels_b) {
    if (!(has(labels_a, label) && has(labels_b, label))) result += label;
  }
  return einsum(labels_a + "," + labels_b + "->" + result, {left, right}, a.source());
}

}  // namespace argent::tensor
