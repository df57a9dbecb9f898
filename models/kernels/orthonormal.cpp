#include "models/kernels/orthonormal.h"

#include <cmath>

namespace argent::kernels {

void make_orthonormal(double* rows, std::int64_t vectors, std::int64_t length) {
  const auto product = [&](const double* a, const double* b) {
    double sum = 0;
    for (std::int64_t k = 0; k < length; k++) sum += a[k] * b[k];
    return sum;
  };
  for (double* row = rows; row < rows + vectors * length; row += length) {
    for (int pass = 0; pass < 2; pass++) {  // the second takes away what rounding left (Gram and Schmidt, twice is enough)
      for (const double* before = rows; before < row; before += length) {
        const double part = product(row, before);
        for (std::int64_t k = 0; k < length; k++) row[k] -= part * before[k];
      }
      const double norm = std::sqrt(product(row, row));
      for (std::int64_t k = 0; k < length; k++) row[k] /= norm;
    }
  }
}

}  // namespace argent::kernels
