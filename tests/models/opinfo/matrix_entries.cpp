// OpInfo's entries on matrices.

#include "models/tensor/ops/linear_algebra.h"

#include <limits>

#include "tests/models/opinfo/entries.h"

namespace argent::tensor::opinfo {
namespace {

using Tensors = std::vector<Tensor>;

/// beta * x + alpha * product.
Tensor blend(A& a, const Tensor& product) {
  const Operand beta = a.has(-1, "beta") ? a.operand(-1, "beta") : Operand(1),
                alpha = a.has(-1, "alpha") ? a.operand(-1, "alpha") : Operand(1);
  const auto whole = [&](const char* name) {
    return !a.has(-1, name) || a.json(-1, name).is_number_integer() || a.json(-1, name).is_boolean();
  };
  if (!is_floating(product.dtype()) && !(whole("beta") && whole("alpha"))) throw Unsupported("integers times a number with a fraction");
  return beta * a.tensor() + alpha * product;
}

Tensor transposed(const Tensor& x) { return x.transpose(-1, -2); }

Tensor cholesky_entry(A& a) {
  const Tensor lower = cholesky(a.tensor());
  return a.flag(1, "upper", false) ? transposed(lower) : lower;
}

/// The lower factor of what a sample gives.
Tensor factor(A& a, int position, int flag_position) {
  const Tensor x = a.tensor(position);
  return a.flag(flag_position, "upper", false) ? transposed(x) : x;
}
/// Torch's gradient is that of the product, of all its elements.
Tensor solved_by_factor(const Tensor& lower, const Tensor& right) { return solve(matmul(lower, transposed(lower)), right); }
Tensor unit(const Tensor& x) {
  const std::int64_t n = x.size(-1);
  const Tensor index = arange(n);
  return equal(index.view({n, 1}), index.view({1, n})).to(x.dtype());
}

Tensor triangular(A& a) {
  const Triangle triangle = a.flag(-1, "upper", false) ? Triangle::kUpper : Triangle::kLower;
  const UnitDiagonal diagonal = a.flag(-1, "unitriangular", false) ? UnitDiagonal::kYes : UnitDiagonal::kNo;
  if (a.flag(-1, "left", true)) return triangular_solve(a.tensor(), a.tensor(1), triangle, Transposed::kNo, diagonal);
  return transposed(triangular_solve(a.tensor(), transposed(a.tensor(1)), triangle, Transposed::kYes, diagonal));
}

Tensor solve_entry(A& a) {
  const Tensor& x = a.tensor();
  const Tensor& right = a.tensor(1);
  const bool vectors = right.rank() == 1 || (right.rank() == x.rank() - 1 && right.shape() == [&] {
                         Dims shape = x.shape();
                         shape.erase(shape.size() - 1);
                         return shape;
                       }());
  return vectors ? solve(x, right.unsqueeze(-1)).squeeze(-1) : solve(x, right);
}

Tensor cross_product(A& a, int otherwise) {
  const Tensor x = a.tensor(), y = a.tensor(1);
  int axis = static_cast<int>(a.integer(2, "dim", otherwise));
  if (!a.has(2, "dim") && otherwise == 0) {
    while (x.size(axis) != 3) axis++;
  }
  const auto part = [&](const Tensor& t, std::int64_t i) { return t.select(axis, i); };
  Tensors parts;
  for (std::int64_t i = 0; i < 3; i++) {
    const std::int64_t j = (i + 1) % 3, k = (i + 2) % 3;
    parts.push_back(part(x, j) * part(y, k) - part(x, k) * part(y, j));
  }
  return stack(parts, axis < 0 ? axis + std::max(x.rank(), y.rank()) : axis);
}

/// `observations` in columns, weighted; the unbiased covariance of the rows.
Tensor covariance(A& a) {
  const Tensor given = a.tensor();
  if (a.has(-1, "fweights") || a.has(-1, "aweights")) throw Unsupported("a weighted covariance");
  const Tensor x = (is_floating(given.dtype()) ? given : given.to(DType::kF32)).reshape({given.rank() < 2 ? 1 : given.size(0), -1});
  const Tensor centered = x - mean(x, {1}, Keep::kYes);
  const std::int64_t count = x.size(1) - a.integer(-1, "correction", 1);
  const Tensor result = matmul(centered, transposed(centered)) / std::max<std::int64_t>(count, 0);
  return x.size(0) == 1 ? result.reshape({}) : result;
}
Tensor correlation(A& a) {
  const Tensor c = covariance(a);
  if (c.rank() == 0) return c / c;
  const Tensor deviation = sqrt(diagonal(c));
  const Tensor scaled = c / deviation.unsqueeze(1) / deviation.unsqueeze(0);
  return clamp(scaled, -1, 1);
}

Tensor blocks(A& a) {
  Tensors rows, given = a.all_tensors();
  std::int64_t columns = 0;
  DType type = given[0].dtype();
  for (Tensor& x : given) {
    x = x.rank() == 0 ? x.view({1, 1}) : x.rank() == 1 ? x.unsqueeze(0) : x;
    columns += x.size(1);
    type = promote(type, x.dtype());
  }
  std::int64_t before = 0;
  for (const Tensor& x : given) {
    rows.push_back(pad(x.to(type), {0, before}, {0, columns - before - x.size(1)}));
    before += x.size(1);
  }
  return concat(rows, 0);
}

Tensor products_of_sets(A& a) {
  const Tensors given = a.all_tensors();
  if (given.size() == 1) return given[0];
  Dims shape;
  for (const Tensor& x : given) shape.push_back(x.count());
  Tensors columns;
  for (std::size_t i = 0; i < given.size(); i++) {
    Dims own = Dims::filled(shape.size(), 1);
    own[static_cast<int>(i)] = given[i].count();
    columns.push_back(given[i].view(own).expand(shape).reshape({-1}));
  }
  return stack(columns, 1);
}

Tensor contracted(A& a) {
  const Tensor &x = a.tensor(), &y = a.tensor(1);
  if (a.is_list(2, "dims")) {
    Dims axes[2];
    for (std::size_t i = 0; i < 2; i++) {
      for (const nlohmann::json& axis : a.json(2, "dims")[i]) axes[i].push_back(axis.get<std::int64_t>());
    }
    return tensordot(x, y, axes[0], axes[1]);
  }
  Dims of_x, of_y;
  const auto count = static_cast<int>(a.integer(2, "dims", 2));
  for (int i = 0; i < count; i++) {
    of_x.push_back(x.rank() - count + i);
    of_y.push_back(i);
  }
  return tensordot(x, y, of_x, of_y);
}

Tensor inner_product(const Operand& a, const Operand& b) {
  const Tensor x = a.tensor(), y = b.tensor();
  if (x.rank() == 0 || y.rank() == 0) return x * y;
  return tensordot(x, y, {-1}, {-1});
}

Tensor bilinear(A& a) {
  const Tensor x = a.tensor(), y = a.tensor(1), weight = a.tensor(2);
  const Tensor result = einsum("...i,oij,...j->...o", {x, weight, y});
  return a.has(3, "bias") ? result + a.tensor(3) : result;
}

std::vector<Entry> products() {
  return {
      binary("matmul", matmul),
      {"__rmatmul__", [](A& a) { return matmul(a.tensor(1), a.tensor()); }},
      binary("mm", matmul),
      {"mv", [](A& a) { return matmul(a.tensor(), a.tensor(1)); }},
      {"bmm", [](A& a) { return matmul(a.tensor(), a.tensor(1)); }},
      {"dot", [](A& a) { return dot(a.tensor(), a.tensor(1)); }},
      {"vdot", [](A& a) { return dot(a.tensor(), a.tensor(1)); }},
      {"outer", [](A& a) { return outer(a.tensor(), a.tensor(1)); }},
      {"inner", [](A& a) { return inner_product(a.tensor(), a.tensor(1)); }},
      {"kron", [](A& a) { return kron(a.tensor(), a.tensor(1)); }},
      {"linalg.vecdot", [](A& a) { return vecdot(a.tensor(), a.tensor(1), static_cast<int>(a.integer(-1, "dim", -1))); }, Made::kComposite},
      {"addmm",
       [](A& a) {
         if (!is_floating(a.tensor().dtype())) return blend(a, matmul(a.tensor(1), a.tensor(2)));
         return addmm(a.tensor(), a.tensor(1), a.tensor(2), a.number(-1, "beta", 1), a.number(-1, "alpha", 1));
       },
       Made::kComposite},
      {"addmm:decomposed", [](A& a) { return blend(a, matmul(a.tensor(1), a.tensor(2))); }, Made::kHere},
      {"addmv", [](A& a) { return blend(a, matmul(a.tensor(1), a.tensor(2))); }, Made::kHere},
      {"addr",
       [](A& a) {
         if (a.tensor().dtype() == DType::kBool) throw Unsupported("an outer product of bools");
         return blend(a, outer(a.tensor(1), a.tensor(2)));
       },
       Made::kHere},
      {"baddbmm", [](A& a) { return blend(a, matmul(a.tensor(1), a.tensor(2))); }, Made::kHere},
      {"addbmm", [](A& a) { return blend(a, sum(matmul(a.tensor(1), a.tensor(2)), {0})); }, Made::kHere},
      {"einsum", [](A& a) { return einsum(a.text(1, "equation", ""), a.tensors(0)); }, Made::kComposite},
      {"tensordot", contracted},
      {"linalg.multi_dot",
       [](A& a) {
         const Tensors given = a.tensors(0);
         Tensor result = given[0];
         for (std::size_t i = 1; i < given.size(); i++) result = matmul(result, given[i]);
         return result;
       },
       Made::kHere},
      {"linalg.matrix_power",
       [](A& a) {
         a.has(-1, "n");
         return matrix_power(a.tensor(), a.integer(1, "n"));
       },
       Made::kComposite},
      {"nn.functional.linear",
       [](A& a) {
         if (!is_floating(a.tensor().dtype())) throw Unsupported("a layer of integers");
         return linear(a.tensor(), a.tensor(1), a.tensor_or_none(2, "bias"));
       },
       Made::kComposite},
      {"nn.functional.bilinear", bilinear, Made::kHere},
      {"cross", [](A& a) { return cross_product(a, 0); }, Made::kHere},
      {"linalg.cross", [](A& a) { return cross_product(a, -1); }, Made::kHere},
      {"cov", covariance, Made::kHere},
      {"corrcoef", correlation, Made::kHere},
      {"block_diag", blocks},
      {"cartesian_prod", products_of_sets},
      {"cdist",
       [](A& a) {
         a.text(3, "compute_mode", "");
         const double p = a.number(2, "p", 2);
         if (p != 2) return norm(a.tensor().unsqueeze(-2) - a.tensor(1).unsqueeze(-3), p, {-1});
         return cdist(a.tensor(), a.tensor(1));
       },
       Made::kComposite},
  };
}

std::vector<Entry> inverses() {
  return {
      {"cholesky", cholesky_entry},
      {"linalg.cholesky", cholesky_entry},
      {"cholesky_solve", [](A& a) { return solved_by_factor(factor(a, 1, 2), a.tensor()); }, Made::kHere},
      {"cholesky_inverse",
       [](A& a) {
         const Tensor lower = factor(a, 0, 1);
         return solved_by_factor(lower, unit(lower).expand(lower.shape()));
       },
       Made::kHere},
      {"linalg.solve", solve_entry},
      {"linalg.solve_triangular", triangular},
      {"triangular_solve",
       [](A& a) {
         const Triangle triangle = a.flag(2, "upper", true) ? Triangle::kUpper : Triangle::kLower;
         const Transposed turned = a.flag(3, "transpose", false) ? Transposed::kYes : Transposed::kNo;
         const UnitDiagonal diagonal = a.flag(4, "unitriangular", false) ? UnitDiagonal::kYes : UnitDiagonal::kNo;
         return Tensors{triangular_solve(a.tensor(1), a.tensor(), triangle, turned, diagonal), a.tensor(1).clone()};
       }},
      unary("linalg.inv", inverse),
      unary("linalg.det", determinant, Made::kComposite),
      {"logdet",
       [](A& a) {
         const LogDeterminant found = log_determinant(a.tensor());
         return where(found.sign < 0, std::numeric_limits<double>::quiet_NaN(), found.absolute);
       },
       Made::kComposite},
      {"linalg.slogdet",
       [](A& a) {
         const LogDeterminant found = log_determinant(a.tensor());
         return Tensors{found.sign, found.absolute};
       }},
      {"linalg.tensorsolve",
       [](A& a) {
         if (a.has(-1, "dims")) throw Unsupported("axes of tensorsolve");
         const Tensor &x = a.tensor(), &right = a.tensor(1);
         Dims rest;
         for (int i = right.rank(); i < x.rank(); i++) rest.push_back(x.size(i));
         const std::int64_t n = right.count();
         return solve(x.reshape({n, n}), right.reshape({n, 1})).reshape(rest);
       }},
      {"linalg.tensorinv",
       [](A& a) {
         const auto count = static_cast<int>(a.integer(1, "ind", 2));
         const Tensor& x = a.tensor();
         Dims first, last;
         for (int i = 0; i < x.rank(); i++) (i < count ? first : last).push_back(x.size(i));
         Dims shape = last;
         for (std::int64_t size : first) shape.push_back(size);
         return inverse(x.reshape({first.count(), -1})).reshape(shape);
       }},
  };
}

}  // namespace

std::vector<Entry> matrix_entries() {
  std::vector<Entry> entries = products();
  for (Entry& entry : inverses()) entries.push_back(entry);
  return entries;
}

}  // namespace argent::tensor::opinfo
