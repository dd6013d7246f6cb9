// SPDX-License-Identifier: Apache-2.0
/// What the test benches share: chance, and the number formats once more, written independently of the logic.
package tb_pkg;
  function automatic bit chance(input int percent);
    return $urandom_range(99) < percent;
  endfunction

  /// From -limit to limit.
  function automatic longint around(input longint limit);
    return (longint'({$urandom, $urandom}) >>> 1) % (limit + 1);
  endfunction

  /// a / 2^n, halves to even: by division.
  function automatic longint round_half_even(input longint a, input int n);
    longint d, q, r;
    d = 1;
    for (int k = 0; k < n; k++) d = d * 2;
    q = a / d;
    r = a % d;
    if (r < 0) begin // towards minus infinity
      r = r + d;
      q = q - 1;
    end
    if (2 * r > d || (2 * r == d && q % 2 != 0)) q = q + 1;
    return q;
  endfunction

  function automatic longint clip(input longint a, input int bits);
    longint limit;
    limit = 1;
    for (int k = 1; k < bits; k++) limit = limit * 2;
    return a >= limit ? limit - 1 : a < -limit ? -limit : a;
  endfunction

  function automatic longint table_base(input int k);
    longint y;
    y = longint'($floor(32768.0 * $tanh(real'(k) / 32.0) + 0.5));
    return y > 32767 ? 32767 : y;
  endfunction

  function automatic longint activate(input longint m, input bit is_tanh);
    longint a, z, y;
    int k;
    a = m < 0 ? -m : m;
    if (a > 32767) a = 32767;
    z = is_tanh ? 2 * a : a;
    k = int'(z / 256);
    y = table_base(k) + round_half_even((table_base(k + 1) - table_base(k)) * (z % 256), 8);
    if (is_tanh) return m < 0 ? -y : y;
    y = round_half_even(m < 0 ? 32768 - y : 32768 + y, 1);
    return y > 32767 ? 32767 : y;
  endfunction

  /// 1 - t^2
  function automatic longint slope(input longint t);
    longint y;
    y = round_half_even(64'd1073741824 - t * t, 15);
    return y > 32767 ? 32767 : y;
  endfunction
endpackage
